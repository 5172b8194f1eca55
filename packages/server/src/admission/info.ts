/** Who sent a request, and what `connect` learns about it. */
import type { ConnectInfo } from "../socket/connect-info.ts";
import { parseTarget } from "./target.ts";
import type { Visit } from "./visit.ts";

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
  readonly #visit: Pick<Visit, "url" | "headers">;
  /** A copy that no callback can change for another one. */
  #headers: ConnectInfo["headers"] | undefined = undefined;

  constructor(
    visit: Pick<Visit, "url" | "headers">,
    sender: Sender,
    transport: string,
    authToken: string | undefined,
    session: ConnectInfo["session"],
  ) {
    this.#sender = sender;
    this.#visit = visit;
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
    const target = parseTarget(this.#visit.url);
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

  /** The same with another token, for later: it keeps nothing of the request but its sender, its URL and headers. */
  withToken(authToken: string | undefined): RequestInfo {
    const { url, headers } = this.#visit;
    const { address, port, scheme, host } = this.#sender;
    return new RequestInfo({ url, headers }, { address, port, scheme, host }, this.transport, authToken, this.session);
  }

  get headers(): ConnectInfo["headers"] {
    return (this.#headers ??= Object.freeze({ ...this.#visit.headers }));
  }
}

/** Splits a `Host` header: `example.com:8080`, `[::1]:4000`. */
export function hostOf(header: string): { readonly name: string; readonly port: number | undefined } {
  const match = /^(.*?)(?::(\d+))?$/.exec(header);
  return { name: (match?.[1] ?? "").toLowerCase(), port: match?.[2] === undefined ? undefined : Number(match[2]) };
}
