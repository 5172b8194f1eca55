/**
 * Shards of several nodes on a network that may lose, duplicate, delay, reorder and part, in virtual time. What each
 * node shows is checked after every step against the diffs that it has given out.
 */
import { isDeepStrictEqual } from "node:util";
import type { Entry } from "../../src/tracker/delta.ts";
import type { Changes } from "../../src/tracker/log.ts";
import { refOf } from "../../src/tracker/replica.ts";
import { Shard } from "../../src/tracker/shard.ts";
import type { ShardOptions } from "../../src/tracker/shard.ts";

export const PERIOD = 1_000;

export const OPTIONS: ShardOptions = {
  broadcastPeriod: PERIOD,
  maxSilentPeriods: 2,
  downPeriod: 4 * PERIOD,
  permdownPeriod: 20 * PERIOD,
  clockSamplePeriods: 2,
  maxDeltaSizes: [2, 5, 10],
  maxNodes: 10,
};

interface Packet {
  readonly from: string;
  readonly to: string;
  /** As text: what arrives shares nothing with what was sent. */
  readonly data: string;
}

/** What identifies a presence on all nodes. */
const slotOf = ({ replica, pid, topic, key }: Entry): string => JSON.stringify([topic, key, replica, pid]);
const shown = (entry: Entry): string => `${slotOf(entry)} ${JSON.stringify(entry.meta)}`;

export class SimulatedNode {
  readonly name: string;
  shard: Shard;
  isRunning = true;
  /** What a subscriber who has followed all diffs believes. */
  #seen = new Map<string, Entry>();

  constructor(name: string, shard: Shard) {
    this.name = name;
    this.shard = shard;
  }

  restarted(shard: Shard): void {
    this.shard = shard;
    this.isRunning = true;
    this.#seen = new Map();
  }

  /** Follows a diff. Throws when it takes away what was not there, or brings what is. */
  follow({ joins, leaves }: Changes): void {
    for (const entry of leaves) {
      if (this.#seen.get(slotOf(entry))?.clock !== entry.clock)
        throw new Error(`${this.name}: left twice ${shown(entry)}`);
      this.#seen.delete(slotOf(entry));
    }
    for (const entry of joins) {
      if (this.#seen.has(slotOf(entry))) throw new Error(`${this.name}: joined twice ${shown(entry)}`);
      this.#seen.set(slotOf(entry), entry);
    }
  }

  /** What readers see, sorted. */
  get visible(): readonly string[] {
    const { view } = this.shard;
    return TOPICS.flatMap((topic) => [...view.of(topic).values()].flat().map(shown)).sort();
  }

  /** Throws when the diffs have told something else than what readers see. */
  check(): void {
    const told = [...this.#seen.values()].map(shown).sort();
    if (!isDeepStrictEqual(told, this.visible)) {
      throw new Error(`${this.name} shows ${this.visible.join(", ")} and has told ${told.join(", ")}`);
    }
  }

  /** The node's own presences. */
  own(pids: Iterable<number>): readonly string[] {
    return [...pids].flatMap((pid) => this.shard.of(pid).map(shown)).sort();
  }
}

export const TOPICS = ["a", "b"] as const;
export const PIDS = [1, 2] as const;

export class Simulation {
  now = 0;
  /** How many transfers have been asked for. */
  transfers = 0;
  readonly nodes: SimulatedNode[] = [];
  readonly packets: Packet[] = [];
  readonly #cut = new Set<string>();
  readonly #options: ShardOptions;
  #vsn = 0;

  constructor(nodes: number, options = OPTIONS) {
    this.#options = options;
    for (let n = 0; n < nodes; n++) {
      const name = String.fromCharCode(65 + n);
      this.nodes.push(new SimulatedNode(name, this.#shard(name)));
    }
  }

  node(index: number): SimulatedNode {
    return this.nodes[index % this.nodes.length] as SimulatedNode;
  }

  /** Cuts the way from one node to another, or opens it again. */
  cut(from: number, to: number, isCut = true): void {
    const way = `${this.node(from).name}>${this.node(to).name}`;
    if (isCut) this.#cut.add(way);
    else this.#cut.delete(way);
  }

  heal(): void {
    this.#cut.clear();
  }

  /** The node dies, without a word. */
  kill(index: number): void {
    this.node(index).isRunning = false;
  }

  /** It stops as it should. */
  stop(index: number): void {
    const node = this.node(index);
    if (node.isRunning) node.shard.leave();
    node.isRunning = false;
  }

  /** What its earlier self has sent, and is still under way, comes to the new one as to all others. */
  restart(index: number): void {
    const node = this.node(index);
    const late = new Set(this.packets.filter(({ from }) => from === node.name).map(({ data }) => data));
    for (const data of late) this.packets.push({ from: node.name, to: node.name, data });
    node.restarted(this.#shard(node.name));
  }

  /** Hands over one packet: the `n`th of those that are under way. */
  deliver(n: number, isCopied = false): void {
    const place = n % this.packets.length;
    const packet = this.packets[place];
    if (packet === undefined) return;
    if (!isCopied) this.packets.splice(place, 1);
    const to = this.nodes.find(({ name }) => name === packet.to);
    if (to?.isRunning !== true) return;
    to.shard.receive(JSON.parse(packet.data), this.now);
    to.check();
  }

  lose(n: number): void {
    this.packets.splice(n % Math.max(1, this.packets.length), 1);
  }

  deliverAll(): void {
    while (this.packets.length > 0) this.deliver(0);
  }

  tick(index: number): void {
    const node = this.node(index);
    if (!node.isRunning) return;
    node.shard.tick(this.now);
    node.check();
  }

  /** A period with a working network. */
  round(): void {
    for (const index of this.nodes.keys()) this.tick(index);
    this.deliverAll();
    this.now += this.#options.broadcastPeriod;
  }

  /** What all running nodes have: what everybody should see, sorted. */
  get truth(): readonly string[] {
    return this.nodes.flatMap((node) => (node.isRunning ? node.own(PIDS) : [])).sort();
  }

  #shard(name: string): Shard {
    const shard: Shard = new Shard(`of_${name}`, refOf(name, ++this.#vsn), this.#options, {
      broadcast: (message) => {
        for (const { name: to } of this.nodes) if (to !== name) this.#send(name, to, message);
      },
      direct: (to, message) => this.#send(name, to, message),
      changed: (changes) => {
        const node = this.nodes.find((one) => one.name === name);
        if (node?.shard === shard) node.follow(changes);
      },
    });
    return shard;
  }

  #send(from: string, to: string, message: object): void {
    if ("kind" in message && message.kind === "transfer_req") this.transfers++;
    if (!this.#cut.has(`${from}>${to}`)) this.packets.push({ from, to, data: JSON.stringify(message) });
  }
}
