/**
 * A network between two programs that breaks: it stops carrying anything without closing a connection, or ends
 * connections in each way in which a network does.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** One connection through the proxy, with its two ends. */
class Link {
  readonly #near: Socket;
  readonly #far: Socket;
  /** Bytes to the near end until the connection is cut. */
  #left = Infinity;

  constructor(near: Socket, far: Socket, ended: (link: Link) => void) {
    this.#near = near;
    this.#far = far;
    far.on("data", (chunk) => this.#toNear(chunk));
    near.on("data", (chunk) => far.write(chunk));
    for (const [socket, other] of [[near, far] as const, [far, near] as const]) {
      socket.on("error", () => {});
      socket.on("close", () => {
        other.destroy();
        ended(this);
      });
    }
  }

  get sockets(): number {
    return [this.#near, this.#far].filter(({ destroyed }) => !destroyed).length;
  }

  /** Nothing is carried: not even that one of the two sides has closed. */
  stall(): void {
    for (const socket of [this.#near, this.#far]) socket.pause();
  }

  /** What was held back arrives late. */
  resume(): void {
    for (const socket of [this.#near, this.#far]) socket.resume();
  }

  /** Both ends are told that the other has closed; what is under way is lost. */
  cut(): void {
    for (const socket of [this.#near, this.#far]) socket.destroy();
  }

  /** Both ends get an error. */
  reset(): void {
    for (const socket of [this.#near, this.#far]) socket.resetAndDestroy();
  }

  /** The near end is told that the far one sends no more, but may still send itself. */
  halfClose(): void {
    this.#near.end();
  }

  /** Cuts the connection when so many further bytes have come to the near end: in the middle of a frame, as it may be. */
  cutAfter(bytes: number): void {
    this.#left = bytes;
  }

  #toNear(chunk: Buffer): void {
    if (this.#near.writableEnded) return;
    const fits = chunk.subarray(0, this.#left);
    this.#left -= fits.length;
    this.#near.write(fits, () => this.#left <= 0 && this.cut());
  }
}

export type { Link };

export class StallingProxy {
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #links = new Set<Link>();
  readonly #target: () => number;
  #isStalled = false;

  /** The port that connections lead to, or what says it for each. */
  constructor(target: number | (() => number)) {
    this.#target = typeof target === "number" ? () => target : target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get links(): readonly Link[] {
    return [...this.#links];
  }

  /** Open sockets of the proxy itself, on both of its sides. */
  get sockets(): number {
    return this.links.reduce((sum, link) => sum + link.sockets, 0);
  }

  async start(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** From now on nothing is carried, on new connections either: not even that one of the two sides has closed. */
  stall(): void {
    this.#isStalled = true;
    for (const link of this.#links) link.stall();
  }

  /** New connections work again; those of before do not. */
  recover(): void {
    this.#isStalled = false;
  }

  /** All connections work again. What was held back arrives late. */
  resume(): void {
    this.#isStalled = false;
    for (const link of this.#links) link.resume();
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const link of this.#links) link.cut();
    await once(this.#server, "close");
  }

  #accept(near: Socket): void {
    const far = connect(this.#target(), "127.0.0.1");
    const link = new Link(near, far, () => link.sockets === 0 && this.#links.delete(link));
    this.#links.add(link);
    if (this.#isStalled) link.stall();
  }
}
