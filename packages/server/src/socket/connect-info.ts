/** What is known about a connection before it is accepted: the second argument of `connect`. */

/** The headers of a request, by lower-case name. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** `Session`: what the socket's `session` schema gives. */
export interface ConnectInfo<Session = Readonly<Record<string, unknown>>> {
  /** The name of the transport: `websocket`, `longpoll` … */
  readonly transport: string;
  readonly uri: {
    readonly scheme: "http" | "https";
    readonly host: string;
    readonly port: number;
    readonly path: string;
    /** The raw query, without the question mark. */
    readonly query: string;
  };
  /**
   * The client's address: the peer of the TCP connection, or what a proxy trusted by `trustProxy` reports. Port 0: the
   * proxy did not report one. Read it in `connect`, not when the client has gone.
   */
  readonly peer: { readonly address: string; readonly port: number };
  readonly userAgent: string | undefined;
  /** Headers that begin with `x-`, by lower-case name. Untrusted: clients can send anything in them. */
  readonly xHeaders: Readonly<Record<string, string>>;
  readonly headers: RequestHeaders;
  /**
   * The token that came through `Sec-WebSocket-Protocol`, or `X-Phoenix-AuthToken` with long polling, on mounts with
   * `authToken: true`. Else undefined.
   */
  readonly authToken: string | undefined;
  /**
   * The user's web session, on mounts with `session`. Undefined when there is none, when the CSRF check failed, or when
   * it does not fit the socket's `session` schema.
   */
  readonly session: Session | undefined;
}
