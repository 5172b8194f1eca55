/** An engine in this process, which tests can switch off, slow down and break. */
import type { ChannelControl } from "../../src/testing/pubsub-suite.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../../src/pubsub/remote/engine.ts";

interface Open {
  readonly nodeName: string;
  readonly events: EngineEvents;
}

export class Hub {
  readonly #connections = new Set<Open>();
  #isUp = true;
  /** What `connect` and `send` reject with. */
  error: unknown = new Error("the hub is away");
  /** Swallows what is sent, and confirms it. */
  isDeaf = false;
  /** Confirms nothing; what is sent arrives. */
  isSilent = false;
  /** Refuses what is sent, without closing. */
  refuses: ((parcel: Parcel) => boolean) | undefined = undefined;
  /** Told of what is sent to all nodes. */
  readonly taps = new Set<(bytes: Uint8Array) => void>();
  /** What each `send` was given. */
  readonly sent: (readonly Parcel[])[] = [];
  /** Milliseconds at which somebody tried to connect. */
  readonly tries: number[] = [];

  get connections(): number {
    return this.#connections.size;
  }

  start(): void {
    this.#isUp = true;
  }

  stop(): void {
    this.#isUp = false;
    for (const open of [...this.#connections]) open.events.lost(this.error);
  }

  engine(changes: Partial<Engine> & { readonly maxBytes?: number } = {}): Engine {
    const { maxBytes = Infinity, ...rest } = changes;
    return {
      name: "hub",
      advice: "is it deaf?",
      streams: 1,
      parallel: 2,
      connect: (nodeName, events) => this.#connect({ nodeName, events }, maxBytes),
      ...rest,
    };
  }

  /** For the tests of garbage. */
  get channel(): ChannelControl {
    return {
      publish: async (bytes) => this.inject(bytes),
      listen: async (receive) => {
        this.taps.add(receive);
        return () => this.taps.delete(receive);
      },
    };
  }

  /** Hands bytes to all nodes, as if somebody had sent them. */
  inject(bytes: Uint8Array): void {
    for (const { events } of this.#connections) events.receive(bytes);
  }

  #connect(open: Open, maxBytes: number): EngineConnection {
    this.tries.push(Date.now());
    if (this.#isUp) this.#connections.add(open);
    return {
      ready: this.#isUp ? Promise.resolve() : Promise.reject(this.error),
      maxBytes,
      send: (parcels) => this.#send(parcels),
      close: () => void this.#connections.delete(open),
    };
  }

  async #send(parcels: readonly Parcel[]): Promise<void> {
    if (!this.#isUp) throw this.error;
    this.sent.push(parcels);
    if (parcels.some((parcel) => this.refuses?.(parcel))) throw this.error;
    const copies = parcels.map(({ node, bytes }) => ({ node, bytes: Uint8Array.from(bytes) }));
    // A turn later, as it would be over a network.
    await Promise.resolve();
    if (!this.isDeaf) {
      for (const { node, bytes } of copies) {
        if (node === undefined) for (const tap of this.taps) tap(bytes);
        for (const { nodeName, events } of this.#connections) {
          if (node === undefined || node === nodeName) events.receive(bytes);
        }
      }
    }
    if (this.isSilent) await new Promise(() => {});
  }
}
