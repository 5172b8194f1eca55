/** A network between a node and its engine that stops carrying anything, without closing a connection. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export class StallingProxy {
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #isStalled = false;

  constructor(target: number) {
    this.#target = target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open sockets of the proxy itself, on both of its sides. */
  get sockets(): number {
    return this.#sockets.size;
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** From now on nothing is carried, on new connections either: not even that one of the two sides has closed. */
  stall(): void {
    this.#isStalled = true;
    for (const socket of this.#sockets) socket.pause();
  }

  /** New connections work again; those of before do not. */
  recover(): void {
    this.#isStalled = false;
  }

  /** All connections work again. What was held back arrives late. */
  resume(): void {
    this.#isStalled = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    const upstream = connect(this.#target, "127.0.0.1");
    const carry = (from: Socket, to: Socket): void => {
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", () => {});
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      this.#sockets.add(from);
      if (this.#isStalled) from.pause();
    };
    carry(client, upstream);
    carry(upstream, client);
  }
}
