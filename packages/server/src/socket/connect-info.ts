/** What is known about a connection before it is accepted: the second argument of `connect`. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parseTarget } from "../admission/target.ts";

export interface ConnectInfo {
  /** `websocket` or `longpoll`. */
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
   * proxy did not report one.
   */
  readonly peer: { readonly address: string; readonly port: number };
  readonly userAgent: string | undefined;
  /** Headers that begin with `x-`, by lower-case name. Untrusted: clients can send anything in them. */
  readonly xHeaders: Readonly<Record<string, string>>;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /**
   * The token that came through `Sec-WebSocket-Protocol`, or `X-Phoenix-AuthToken` with long polling, on mounts with
   * `authToken: true`. Else undefined.
   */
  readonly authToken: string | undefined;
  /** The user's web session, on mounts with `session`. Undefined when there is none, or when the CSRF check failed. */
  readonly session: Readonly<Record<string, unknown>> | undefined;
}

/** The sender of a request and the address it was sent to, according to the TCP connection or a trusted proxy. */
export interface Sender {
  readonly address: string;
  readonly port: number;
  readonly scheme: "http" | "https";
  /** As in a `Host` header. */
  readonly host: string;
}

/** Reads the info from a request, mostly lazily: most sockets need one part of it, or none. */
export class RequestInfo implements ConnectInfo {
  readonly transport: string;
  readonly authToken: string | undefined;
  readonly session: ConnectInfo["session"];
  readonly #sender: Sender;
  readonly #request: IncomingMessage;
  /** A copy that no callback can change for another one. */
  #headers: ConnectInfo["headers"] | undefined = undefined;

  constructor(
    request: IncomingMessage,
    sender: Sender,
    transport: string,
    authToken: string | undefined,
    session: ConnectInfo["session"],
  ) {
    this.#sender = sender;
    this.#request = request;
    this.transport = transport;
    this.authToken = authToken;
    this.session = session;
    Object.freeze(this);
  }

  get peer(): ConnectInfo["peer"] {
    const { address, port } = this.#sender;
    return { address, port };
  }

  get uri(): ConnectInfo["uri"] {
    const { scheme } = this.#sender;
    const target = parseTarget(this.#request.url ?? "/");
    const host = hostOf(this.#sender.host);
    return {
      scheme,
      host: host.name,
      port: host.port ?? (scheme === "https" ? 443 : 80),
      path: target?.path ?? "/",
      query: target?.query ?? "",
    };
  }

  get userAgent(): string | undefined {
    return this.headers["user-agent"];
  }

  get xHeaders(): ConnectInfo["xHeaders"] {
    const found = Object.entries(this.headers).filter(([name]) => name.startsWith("x-"));
    return Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
  }

  get headers(): ConnectInfo["headers"] {
    return (this.#headers ??= Object.freeze({ ...this.#request.headers }));
  }
}

/** Splits a `Host` header: `example.com:8080`, `[::1]:4000`. */
export function hostOf(header: string): { readonly name: string; readonly port: number | undefined } {
  const match = /^(.*?)(?::(\d+))?$/.exec(header);
  return { name: (match?.[1] ?? "").toLowerCase(), port: match?.[2] === undefined ? undefined : Number(match[2]) };
}
