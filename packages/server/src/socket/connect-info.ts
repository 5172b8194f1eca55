/** What a connection tells about itself before it is accepted: the second argument of `connect`. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

export interface ConnectInfo {
  /** `websocket` or `longpoll`. */
  readonly transport: string;
  readonly uri: {
    readonly scheme: "http" | "https";
    readonly host: string;
    readonly port: number;
    readonly path: string;
    /** As it came, without the question mark. */
    readonly query: string;
  };
  /** The other end of the TCP connection: behind a proxy, the proxy. */
  readonly peer: { readonly address: string; readonly port: number };
  readonly userAgent: string | undefined;
  /** Headers that begin with `x-`, by lower-case name. Clients can send what they like in them. */
  readonly xHeaders: Readonly<Record<string, string>>;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /**
   * The token that came through `Sec-WebSocket-Protocol`, or `X-Phoenix-AuthToken` with long polling, on mounts with
   * `authToken: true`. Else undefined.
   */
  readonly authToken: string | undefined;
}

/** Reads the info off a request, most parts when they are asked for: most sockets need one of them, or none. */
export class RequestInfo implements ConnectInfo {
  readonly transport: string;
  readonly authToken: string | undefined;
  /** Read at once: the TCP connection of a long-poll request ends long before its session does. */
  readonly peer: ConnectInfo["peer"];
  readonly #isSecure: boolean;
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, transport: string, authToken: string | undefined) {
    const { remoteAddress = "", remotePort = 0 } = request.socket;
    this.peer = { address: remoteAddress, port: remotePort };
    this.#isSecure = "encrypted" in request.socket;
    this.#request = request;
    this.transport = transport;
    this.authToken = authToken;
  }

  get uri(): ConnectInfo["uri"] {
    const isSecure = this.#isSecure;
    const [path = "/", ...query] = (this.#request.url ?? "/").split("?");
    const host = hostOf(this.headers.host ?? "");
    return {
      scheme: isSecure ? "https" : "http",
      host: host.name,
      port: host.port ?? (isSecure ? 443 : 80),
      path,
      query: query.join("?"),
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
    return this.#request.headers;
  }
}

/** Splits a `Host` header: `example.com:8080`, `[::1]:4000`. */
export function hostOf(header: string): { readonly name: string; readonly port: number | undefined } {
  const match = /^(.*?)(?::(\d+))?$/.exec(header);
  return { name: (match?.[1] ?? "").toLowerCase(), port: match?.[2] === undefined ? undefined : Number(match[2]) };
}
