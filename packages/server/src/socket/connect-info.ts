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
  /** The token that came through `Sec-WebSocket-Protocol`, on mounts with `authToken: true`. Else undefined. */
  readonly authToken: string | undefined;
}

/** Reads the info off a request. */
export function connectInfo(request: IncomingMessage, transport: string, authToken: string | undefined): ConnectInfo {
  const { socket, headers } = request;
  const encrypted = "encrypted" in socket;
  const target = request.url ?? "/";
  const question = target.indexOf("?");
  const host = hostOf(headers.host ?? "");
  return {
    transport,
    uri: {
      scheme: encrypted ? "https" : "http",
      host: host.name,
      port: host.port ?? (encrypted ? 443 : 80),
      path: question === -1 ? target : target.slice(0, question),
      query: question === -1 ? "" : target.slice(question + 1),
    },
    peer: { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 },
    userAgent: headers["user-agent"],
    get xHeaders() {
      return Object.fromEntries(
        Object.entries(headers)
          .filter(([name]) => name.startsWith("x-"))
          .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : (value ?? "")]),
      );
    },
    headers,
    authToken,
  };
}

/** Splits a `Host` header: `example.com:8080`, `[::1]:4000`. */
export function hostOf(header: string): { readonly name: string; readonly port: number | undefined } {
  const match = /^(.*?)(?::(\d+))?$/.exec(header);
  return { name: (match?.[1] ?? "").toLowerCase(), port: match?.[2] === undefined ? undefined : Number(match[2]) };
}
