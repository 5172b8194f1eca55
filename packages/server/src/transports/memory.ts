/** The memory transport: clients in the same process, without a network. For tests. */
import type { Admitted } from "../admission.ts";
import { Refusal } from "../admission/refusal.ts";
import type { Peer, Visit } from "../admission/visit.ts";
import { WingbeatError } from "../errors.ts";
import type { RequestHeaders } from "../socket/connect-info.ts";
import { MemoryConnection } from "./memory/connection.ts";
import type { MemoryClient } from "./memory/connection.ts";
import type { Transport, TransportDefinition, TransportMount } from "./transport.ts";

export { MemoryConnection } from "./memory/connection.ts";
export type { MemoryClient } from "./memory/connection.ts";

/** The request with which a client connects. */
export interface MemoryRequest {
  /** Path and query. */
  readonly url: string;
  readonly headers?: RequestHeaders;
  /** Default: address 127.0.0.1, port 50000, not encrypted. */
  readonly peer?: Partial<Peer>;
}

/** Serves one mount. Clients are connected by {@link connect}. */
export class MemoryTransport implements TransportDefinition, Transport {
  readonly name: string;
  readonly path = "/memory";
  readonly checkOrigin: TransportDefinition["checkOrigin"];
  readonly subprotocols: TransportDefinition["subprotocols"];
  readonly errorHandler: TransportDefinition["errorHandler"];
  #mount: TransportMount | undefined = undefined;

  constructor(options: Partial<Omit<TransportDefinition, "path" | "start">> = {}) {
    this.name = options.name ?? "memory";
    this.checkOrigin = options.checkOrigin;
    this.subprotocols = options.subprotocols;
    this.errorHandler = options.errorHandler;
  }

  start(mount: TransportMount): this {
    if (this.#mount !== undefined) throw notOneMount("it already serves one");
    this.#mount = mount;
    return this;
  }

  /** Connections in memory close at once. */
  async stop(): Promise<void> {}

  /** Connects the client that `clientOf` returns, once it has passed all checks of the mount; else says why not. */
  async connect(
    request: MemoryRequest,
    clientOf: (admitted: Admitted) => MemoryClient,
  ): Promise<MemoryConnection | Refusal> {
    if (this.#mount === undefined) throw notOneMount("it serves none");
    const admitted = await this.#mount.admit(visitOf(request), {});
    if (admitted instanceof Refusal) return admitted;
    const connection = new MemoryConnection(clientOf(admitted), this.name);
    connection.start(this.#mount.open(admitted, connection));
    return connection;
  }
}

const notOneMount = (what: string): WingbeatError =>
  new WingbeatError("WB_OPTION", `a MemoryTransport serves exactly one mount: ${what}.`);

const visitOf = ({ url, headers = {}, peer }: MemoryRequest): Visit => ({
  method: "GET",
  url,
  headers: { host: "localhost", ...headers },
  peer: { address: "127.0.0.1", port: 50_000, encrypted: false, ...peer },
  native: undefined,
  onGone: () => () => {},
});
