/**
 * Presence churn in virtual time: users come, go and change on several nodes, which crash, restart, stop and part, over
 * a network that delays and loses. Now and then the world holds still: then all nodes must show who is really there.
 */
import { isDeepStrictEqual } from "node:util";
import { PubSub } from "../../src/index.ts";
import type { DeliverLocally, PubSubMessage } from "../../src/index.ts";
import { Tracker } from "../../src/tracker.ts";
import type { Changes } from "../../src/tracker.ts";
import { VirtualTime } from "../presence/virtual-time.ts";

export interface ChurnOptions {
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Users that come, go or change in a second, on all nodes together. */
  readonly changesPerSecond: number;
}

export interface ChurnFigures {
  /** Milliseconds that have passed for the nodes, those in which the world held still included. */
  simulated: number;
  changes: number;
  crashes: number;
  stops: number;
  partitions: number;
  messages: number;
  lost: number;
  /** How often all nodes were compared with what is true. */
  checks: number;
  /** Most presences at a check. */
  peak: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const TOPICS = 20;
/** Longer than a node may be silent before it is down, and then some ticks. */
const STANDSTILL = MINUTE;
const LOSS = 0.02;

interface User {
  readonly topic: string;
  readonly key: string;
}

/** A node while it runs. */
class ChurnNode {
  readonly name: string;
  readonly tracker: Tracker;
  readonly users = new Map<User, string>();
  /** What somebody who has followed all diffs believes: refs by topic, key and owner. */
  readonly #told = new Set<string>();

  constructor(name: string, pubsub: PubSub, time: VirtualTime) {
    this.name = name;
    this.tracker = new Tracker(pubsub, { name: "churn", timing: time }, (changes) => this.#follow(changes));
    this.tracker.start();
  }

  /** All refs on all topics, sorted. */
  get shown(): string[] {
    const refs: string[] = [];
    for (let n = 0; n < TOPICS; n++) {
      for (const entries of this.tracker.list(`room:${n}`).values())
        refs.push(...entries.map(({ meta }) => String(meta["phx_ref"])));
    }
    return refs.sort();
  }

  get told(): string[] {
    return [...this.#told].sort();
  }

  #follow({ joins, leaves }: Changes): void {
    for (const { meta } of leaves) {
      if (!this.#told.delete(String(meta["phx_ref"]))) throw new Error(`${this.name}: a leave of nobody`);
    }
    for (const { meta } of joins) this.#told.add(String(meta["phx_ref"]));
  }
}

class Churn {
  readonly #options: ChurnOptions;
  readonly #time = new VirtualTime();
  readonly #deliver = new Map<string, DeliverLocally>();
  readonly #nodes: (ChurnNode | undefined)[] = [];
  readonly figures: ChurnFigures = {
    simulated: 0,
    changes: 0,
    crashes: 0,
    stops: 0,
    partitions: 0,
    messages: 0,
    lost: 0,
    checks: 0,
    peak: 0,
  };
  #seed: number;
  #isCalm = false;
  /** Node names on one side of a partition. */
  #side = new Set<string>();

  constructor(options: ChurnOptions) {
    this.#options = options;
    this.#seed = options.seed;
    for (let n = 0; n < options.nodes; n++) this.#start(n);
  }

  run(): void {
    const { minutes, changesPerSecond } = this.#options;
    for (let second = 1; second <= minutes * 60; second++) {
      for (let n = 0; n < changesPerSecond; n++) this.#change();
      if (this.#chance(1 / 90)) this.#fail();
      if (this.#chance(1 / 60)) this.#part();
      this.#time.pass(SECOND);
      if (second % 600 === 0) this.#check();
    }
    this.figures.simulated = this.#time.now();
  }

  /** The world holds still, and the network is whole. */
  #check(): void {
    this.#isCalm = true;
    this.#side.clear();
    this.#time.pass(STANDSTILL);
    const running = this.#nodes.filter((node) => node !== undefined);
    const truth = running.flatMap(({ users }) => [...users.values()]).sort();
    for (const { name, shown, told } of running) {
      if (!isDeepStrictEqual(shown, truth)) throw new Error(`${name} ${difference(shown, truth)}`);
      if (!isDeepStrictEqual(told, truth)) throw new Error(`what ${name} has told ${difference(told, truth)}`);
    }
    this.figures.checks++;
    this.figures.peak = Math.max(this.figures.peak, truth.length);
    this.#isCalm = false;
  }

  #change(): void {
    const node = this.#nodes[this.#below(this.#nodes.length)];
    if (node === undefined) return;
    this.figures.changes++;
    const { tracker, users } = node;
    const user = [...users.keys()][this.#below(Math.max(1, users.size))];
    const what = this.#below(10);
    if (user === undefined || (what < 5 && users.size < 200)) {
      const added = { topic: `room:${this.#below(TOPICS)}`, key: `user ${this.#below(100)}` };
      users.set(added, tracker.track(added, added.topic, added.key, {}));
    } else if (what < 8) {
      tracker.untrackAll([user]);
      users.delete(user);
    } else {
      users.set(
        user,
        tracker.update(user, user.topic, user.key, (meta) => ({ ...meta, n: what })),
      );
    }
  }

  /** A node crashes or stops; or one that did is started again. */
  #fail(): void {
    const index = this.#below(this.#nodes.length);
    const node = this.#nodes[index];
    if (node === undefined) {
      this.#start(index);
      return;
    }
    this.#nodes[index] = undefined;
    const isCrash = this.#chance(0.7);
    if (isCrash) this.#deliver.delete(node.name);
    node.tracker.stop();
    this.#deliver.delete(node.name);
    if (isCrash) this.figures.crashes++;
    else this.figures.stops++;
  }

  #part(): void {
    const isParted = this.#side.size > 0;
    this.#side.clear();
    if (isParted) return;
    this.figures.partitions++;
    for (let n = 0; n < this.#nodes.length; n++) if (this.#chance(0.5)) this.#side.add(`node ${n}`);
  }

  #start(index: number): void {
    const name = `node ${index}`;
    let isConnected = true;
    const adapter = {
      nodeName: name,
      start: (deliver: DeliverLocally) => void this.#deliver.set(name, deliver),
      broadcast: (message: PubSubMessage) => {
        isConnected &&= this.#deliver.has(name);
        for (let n = 0; n < this.#nodes.length; n++)
          if (isConnected && n !== index) this.#send(name, `node ${n}`, message);
      },
      directBroadcast: (to: string, message: PubSubMessage) => this.#send(name, to, message),
      stop: () => {},
    };
    const pubsub = new PubSub({ adapter });
    void pubsub.start();
    this.#nodes[index] = new ChurnNode(name, pubsub, this.#time);
  }

  #send(from: string, to: string, message: PubSubMessage): void {
    this.figures.messages++;
    const isLost = !this.#isCalm && this.#chance(LOSS);
    if (isLost || this.#side.has(from) !== this.#side.has(to)) {
      this.figures.lost++;
      return;
    }
    const text = JSON.stringify(message);
    const delay = this.#chance(0.01) ? this.#below(5 * SECOND) : this.#below(50);
    this.#time.after(delay, () => this.#deliver.get(to)?.(JSON.parse(text) as PubSubMessage));
  }

  #chance(of: number): boolean {
    return this.#random() < of;
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** Mulberry32. */
  #random(): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

function difference(found: readonly string[], truth: readonly string[]): string {
  const [has, should] = [new Set(found), new Set(truth)];
  const ghosts = found.filter((ref) => !should.has(ref)).length;
  const missing = truth.filter((ref) => !has.has(ref)).length;
  return `has ${ghosts} ghosts, and ${missing} of ${truth.length} are missing`;
}

/** Throws as soon as a node shows somebody who is not there, or not somebody who is. */
export function runChurn(options: ChurnOptions): ChurnFigures {
  const churn = new Churn(options);
  churn.run();
  return churn.figures;
}
