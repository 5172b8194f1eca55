/** The WebSocket transport (RFC 6455), for hosts that hand over the TCP connection. */
import type { Admitted } from "../admission.ts";
import type { Duplex } from "node:stream";
import { CloseCode } from "@wingbeat/protocol";
import type { PathParams } from "../admission/path.ts";
import { absent, Refusal } from "../admission/refusal.ts";
import type { Visit } from "../admission/visit.ts";
import { isPromise } from "../awaitable.ts";
import type { Exchange, Upgrade } from "../hosts/host.ts";
import type { ConnectionHandler } from "./connection.ts";
import type { Transport, TransportDefinition, TransportMount } from "./transport.ts";
import { WebSocketAcceptor } from "./websocket/acceptor.ts";
import type { AcceptorOptions } from "./websocket/acceptor.ts";
import { readHandshake } from "./websocket/handshake.ts";
import { refusedHandshake } from "./websocket/refused-handshake.ts";

export interface WebSocketTransportOptions extends AcceptorOptions, Omit<TransportDefinition, "name" | "start"> {}

/** The transport with these options. */
export const webSocketTransport = (options: WebSocketTransportOptions): TransportDefinition => ({
  ...options,
  name: "websocket",
  start: (mount) => new WebSocketTransport(mount, options),
});

/** An upgrade whose host hands over the TCP connection. */
interface TcpUpgrade extends Upgrade {
  readonly socket: Duplex;
  /** Bytes that arrived after the request. */
  readonly head: Buffer;
  /** Writes the last bytes for the client, and closes the connection. */
  end(bytes: Buffer): void;
}

class WebSocketTransport implements Transport {
  readonly #mount: TransportMount;
  readonly #compress: boolean;
  readonly #acceptor: WebSocketAcceptor;

  constructor(mount: TransportMount, options: WebSocketTransportOptions) {
    this.#mount = mount;
    this.#compress = options.compress;
    this.#acceptor = new WebSocketAcceptor(options);
  }

  upgrade(upgrade: TcpUpgrade, params: PathParams): void | Promise<void> {
    if (upgrade.method !== "GET") {
      upgrade.answer({ status: 400 });
      return;
    }
    const admitted = this.#mount.admit(upgrade, params);
    if (isPromise(admitted)) return Promise.resolve(admitted).then((settled) => this.#accept(upgrade, settled));
    this.#accept(upgrade, admitted);
  }

  /** A request without an upgrade goes through admission first, as in Phoenix, and then gets an error. */
  async request(exchange: Exchange, params: PathParams): Promise<void> {
    if (exchange.method !== "GET") {
      exchange.answer({ status: 400 });
      return;
    }
    const admitted = await this.#mount.admit(exchange, params);
    const refusal = admitted instanceof Refusal ? admitted : this.#refuse(admitted, this.#faultOf(exchange));
    exchange.answer(refusal.answer);
  }

  stop(ms: number): Promise<void> {
    return this.#acceptor.stop(ms);
  }

  #accept(upgrade: TcpUpgrade, admitted: Admitted | Refusal): void {
    const handshake = readHandshake(upgrade, this.#compress);
    if (admitted instanceof Refusal) {
      const { answer, frame, subprotocol } = admitted;
      if (frame === undefined || typeof handshake === "string") upgrade.answer(answer);
      else upgrade.end(refusedHandshake(handshake.key, subprotocol, frame, CloseCode.refused, "refused"));
      return;
    }
    if (typeof handshake === "string") {
      upgrade.answer(this.#refuse(admitted, handshake).answer);
      return;
    }
    let handler: ConnectionHandler | undefined;
    try {
      const { socket, head } = upgrade;
      this.#acceptor.accept(handshake, socket, head, admitted.subprotocol, (connection) => {
        handler = this.#mount.open(admitted, connection);
        return handler;
      });
    } finally {
      // The client has gone: nothing else would release the slot.
      if (handler === undefined) this.#mount.refuse(admitted, absent("gone"));
    }
  }

  #faultOf(visit: Visit): string {
    const handshake = readHandshake(visit, this.#compress);
    return typeof handshake === "string" ? handshake : "this path needs a WebSocket handshake";
  }

  /** Refuses a client that passed admission but whose request is not a valid WebSocket handshake. */
  #refuse(admitted: Admitted, fault: string): Refusal {
    const answer = { status: 400, headers: { "content-type": "text/plain; charset=utf-8" }, body: fault };
    return this.#mount.refuse(admitted, new Refusal("request", answer, fault));
  }
}
