/** Clients on several nodes that talk a little, all the time. */
import { once } from "node:events";
import { WebSocket } from "ws";

const PAYLOAD = { t: "0123456789abcdef", p: "x".repeat(70) };
/** Clients that connect at a time. */
const AT_ONCE = 50;
/** Milliseconds between two messages of all clients together. */
const EVERY = 10;

export class Clients {
  readonly #sockets: { readonly socket: WebSocket; readonly topic: string }[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;
  #sent = 0;

  /** Joins so many clients to so many topics, spread over the nodes. */
  async join(ports: readonly number[], clients: number, topics: number): Promise<void> {
    for (let from = 0; from < clients; from += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, clients - from) }, (_, n) => from + n);
      await Promise.all(some.map((n) => this.#open(ports[n % ports.length]!, `bench:${n % topics}`)));
    }
  }

  /** Nine requests, then a broadcast, and again. */
  start(): void {
    this.#timer = setInterval(() => {
      const { socket, topic } = this.#sockets[(this.#sent * 7) % this.#sockets.length]!;
      const event = this.#sent++ % 10 === 9 ? "b" : "e";
      socket.send(JSON.stringify(["1", String(this.#sent), topic, event, PAYLOAD]));
    }, EVERY);
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const { socket } of this.#sockets) socket.terminate();
  }

  async #open(port: number, topic: string): Promise<void> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/bench/websocket?vsn=2.0.0`, { perMessageDeflate: false });
    await once(socket, "open");
    const joined = once(socket, "message");
    socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]));
    await joined;
    socket.on("message", () => {});
    this.#sockets.push({ socket, topic });
  }
}
