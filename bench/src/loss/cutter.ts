/** The network of the clients: a proxy whose connections are cut, one after the other. */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

export class Cutter {
  readonly #server = createServer((client) => this.#accept(client));
  readonly #target: number;
  readonly #clients = new Set<Socket>();
  cuts = 0;

  constructor(target: number) {
    this.#target = target;
  }

  async start(): Promise<number> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts a connection, chosen at random. What is under way in it is lost. */
  cut(): void {
    const clients = [...this.#clients];
    const client = clients[Math.floor(Math.random() * clients.length)];
    if (client === undefined) return;
    client.destroy();
    this.cuts += 1;
  }

  #accept(client: Socket): void {
    const server = connect(this.#target, "127.0.0.1");
    this.#clients.add(client);
    client.on("close", () => this.#clients.delete(client));
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.on("data", (chunk) => to.write(chunk));
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
  }
}
