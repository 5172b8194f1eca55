/** What connects the simulated nodes beside the store: it loses, doubles and delays. */
import type { DeliverLocally, PubSubAdapter, PubSubMessage } from "../../../src/pubsub.ts";
import type { Random } from "../../attack/random.ts";
import type { Climate } from "./climate.ts";
import type { Actor, VirtualClock } from "./clock.ts";

export interface PubSubWorld {
  readonly clock: VirtualClock;
  readonly random: Random;
  climate: Climate;
  /** Those that can be reached. */
  readonly others: (node: Actor) => readonly SimulatedPubSub[];
}

export class SimulatedPubSub implements PubSubAdapter {
  readonly nodeName: string;
  readonly #world: PubSubWorld;
  readonly #node: Actor;
  #deliver: DeliverLocally = () => {};
  /** Something that was sent to this node did not arrive. */
  onLost: () => void = () => {};

  constructor(world: PubSubWorld, node: Actor) {
    this.nodeName = node.name;
    this.#world = world;
    this.#node = node;
  }

  start(deliver: DeliverLocally): void {
    this.#deliver = deliver;
  }

  broadcast(message: PubSubMessage): void {
    for (const other of this.#world.others(this.#node)) other.#bring(message);
  }

  directBroadcast(nodeName: string, message: PubSubMessage): void {
    for (const other of this.#world.others(this.#node)) if (other.nodeName === nodeName) other.#bring(message);
  }

  stop(): void {}

  #bring(message: PubSubMessage): void {
    const { clock, random, climate } = this.#world;
    // As over a network, where only JSON and bytes arrive.
    const copy = { ...message, message: copyOf(message.message) };
    const bring = (): void => {
      clock.after(random.about(climate.fanOutDelay), () => this.#deliver(copy), this.#node);
    };
    if (random.chance(climate.entryLost)) this.onLost();
    else bring();
    if (random.chance(climate.entryDoubled)) bring();
  }
}

const copyOf = (value: unknown): unknown => {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
};
