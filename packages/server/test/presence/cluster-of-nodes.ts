/** Endpoints of one process that reach each other over a bus in memory, in virtual time. */
import { createServer } from "node:http";
import { Presence as Client } from "phoenix";
import { onTestFinished } from "vitest";
import { createEndpoint } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { definePresence } from "../../src/presence.ts";
import type { Presence, PresenceOptions } from "../../src/presence.ts";
import { Bus } from "./bus.ts";
import { socketOf } from "./room.ts";
import type { Meta } from "./room.ts";
import { VirtualTime } from "./virtual-time.ts";

export const TOPIC = "room:1";

/** Rounds of the event loop that let everything sent arrive, and the answers to it. */
const TURNS = 5;

/** A client, as far as presence is concerned: keeps the state that the official client makes of what it is sent. */
export class Follower {
  #state: object;
  /** The diffs that it was sent: keys that joined and left. */
  readonly diffs: { joins: string[]; leaves: string[] }[] = [];

  constructor(endpoint: Endpoint, presence: Presence<Meta>) {
    this.#state = JSON.parse(JSON.stringify(presence.list(endpoint, TOPIC))) as object;
    endpoint.subscribe(TOPIC, ({ event, payload }) => {
      if (event !== "presence_diff") return;
      const diff = JSON.parse(JSON.stringify(payload)) as { joins: object; leaves: object };
      this.diffs.push({ joins: Object.keys(diff.joins), leaves: Object.keys(diff.leaves) });
      this.#state = Client.syncDiff(this.#state, diff);
    });
  }

  get keys(): string[] {
    return Object.keys(this.#state).sort();
  }

  /** Key and refs of all metas, sorted. */
  get refs(): string[] {
    return refsOf(this.#state);
  }
}

/** Key and refs of all metas, sorted: what must be the same on all nodes. */
export function refsOf(state: object): string[] {
  return Object.entries(state as Record<string, { metas: { phx_ref: string }[] }>)
    .flatMap(([key, { metas }]) => metas.map(({ phx_ref }) => `${key} ${phx_ref}`))
    .sort();
}

export interface Member {
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly presence: Presence<Meta>;
  readonly follower: Follower;
}

export class Cluster {
  readonly bus = new Bus();
  readonly time = new VirtualTime();
  readonly members: Member[] = [];
  readonly #options: PresenceOptions<Meta>;

  constructor(options: PresenceOptions<Meta> = {}) {
    this.#options = options;
  }

  /** Starts a node. All nodes run until the test ends. */
  async start(name: string): Promise<Member> {
    const presence = definePresence<Meta>({ ...this.#options, timing: this.time });
    const endpoint = createEndpoint({
      sockets: { "/socket": socketOf(presence) },
      pubsub: this.bus.adapter(name),
      presence: [presence],
      logger: false,
    });
    onTestFinished(() => endpoint.close());
    endpoint.attach(createServer());
    await settled();
    const member = { name, endpoint, presence, follower: new Follower(endpoint, presence) };
    this.members.push(member);
    return member;
  }

  /** Lets time pass in steps, so that answers are answered. */
  async pass(ms: number, step = 100): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      this.time.pass(Math.min(step, ms - passed));
      await settled();
    }
  }
}

export const keysOf = ({ presence, endpoint }: Member): string[] => Object.keys(presence.list(endpoint, TOPIC)).sort();

/** Everything that was sent has arrived. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Nodes that have heard of each other. */
export async function clusterOf(names: readonly string[], options?: PresenceOptions<Meta>): Promise<Cluster> {
  const cluster = new Cluster(options);
  for (const name of names) await cluster.start(name);
  await cluster.pass(2_000);
  return cluster;
}
