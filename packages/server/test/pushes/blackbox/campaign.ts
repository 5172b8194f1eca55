/**
 * Nodes on one Redis, and clients that push numbered messages, each in processes of their own. Meanwhile nodes are killed,
 * and connections cut, at random. Then all is left in peace until every push has ended, and the judge reads what all have
 * written down.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../../../tools/test/free-port.ts";
import { Child } from "../../attack/child.ts";
import { Random } from "../../attack/random.ts";
import { redisEngine } from "../../pubsub/engines.ts";
import { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import { breakLinks } from "../../recovery/campaign/links.ts";
import { readHistory, Recorder } from "../../recovery/history.ts";
import { check } from "./checker.ts";
import type { Verdict } from "./checker.ts";
import type { ClientsSettings, NodeSettings } from "./settings.ts";
import { TOPICS } from "./settings.ts";
import type { Happened } from "./story.ts";

export interface CampaignOptions {
  /** In total. */
  readonly pushes: number;
  readonly seed: number;
  /** An empty folder, for what they write down. */
  readonly folder: string;
  /** Milliseconds between two faults of a node, on average. */
  readonly pace: number;
  /** Gets a line for each fault of a node. */
  readonly tell?: (line: string) => void;
}

export interface Outcome extends Verdict {
  /** Connections of clients that were broken. */
  readonly links: number;
}

const NODES = 3;
/** Of each of two kinds. */
const CLIENTS = 4;
const LINKS_PACE = 150;
const NODE = new URL("node.ts", import.meta.url).href;
const CLIENT = new URL("clients.ts", import.meta.url).href;

/** A node, and the network between it and Redis. */
class Node {
  readonly settings: NodeSettings;
  readonly redis: StallingProxy;
  readonly #recorder: Recorder<Happened>;
  #child: Child | undefined = undefined;
  #name = "";

  constructor(settings: NodeSettings, redis: StallingProxy, recorder: Recorder<Happened>) {
    this.settings = settings;
    this.redis = redis;
    this.#recorder = recorder;
  }

  get isServing(): boolean {
    return this.#child !== undefined;
  }

  async start(): Promise<void> {
    const child = await Child.start(NODE, this.settings);
    this.#name = await child.ask("name");
    this.#child = child;
  }

  /** Ends its process in some way; does nothing when it does not run. */
  async end(way: (child: Child) => Promise<void>): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    if (child.end !== undefined) throw new Error(`${this.#name} has ended by itself: ${child.end}`);
    this.#child = undefined;
    await way(child);
    this.#recorder.write({ op: "gone", node: this.#name });
  }
}

const kill = (child: Child): Promise<void> => child.stop();

async function close(child: Child): Promise<void> {
  child.ask("close").catch(() => {});
  await child.ended;
}

/** What can happen to a node, as often as its number says. */
const FAULTS = { kill: 8, close: 1, redis: 3 } as const;

async function breakNode(node: Node, fault: keyof typeof FAULTS, random: Random): Promise<void> {
  if (fault === "redis") {
    for (const link of node.redis.links) if (random.chance(0.7)) link.reset();
    return;
  }
  await node.end(fault === "kill" ? kill : close);
  await sleep(random.int(500));
  await node.start();
}

export async function campaign({ pushes, seed, folder, pace, tell }: CampaignOptions): Promise<Outcome> {
  const random = new Random(seed);
  const recorder = new Recorder<Happened>(folder, "campaign");
  const engine = await redisEngine();
  const nodes: Node[] = [];
  const front = new StallingProxy(() => {
    const serving = nodes.filter(({ isServing }) => isServing);
    return random.pick(serving.length > 0 ? serving : nodes).settings.port;
  });
  let clients: Child | undefined;
  try {
    await engine.start();
    await front.start();
    for (let n = 1; n <= NODES; n++) {
      const redis = new StallingProxy(engine.port);
      await redis.start();
      const settings = { folder, name: `n${n}`, port: await freePort(), redisPort: redis.port };
      nodes.push(new Node(settings, redis, recorder));
    }
    await Promise.all(nodes.map((node) => node.start()));
    clients = await Child.start(CLIENT, {
      folder,
      url: `ws://127.0.0.1:${front.port}/socket`,
      clients: CLIENTS,
      pushes: Math.ceil(pushes / (2 * CLIENTS * TOPICS.length)),
      seed,
    } satisfies ClientsSettings);

    const over = new AbortController();
    const made = clients.ask("made").finally(() => over.abort());
    const breaking = breakLinks(front, random.fork(), LINKS_PACE, over.signal);
    await breakNodes(nodes, random.fork(), pace, over.signal, tell ?? (() => {}));
    await made;
    const links = await breaking;
    await clients.ask("settled");
    recorder.close();
    return { ...check(readHistory<Happened>(folder)), links };
  } finally {
    await clients?.stop();
    await Promise.all(nodes.map((node) => node.end(kill).catch(() => {})));
    await front.stop();
    await Promise.all(nodes.map(({ redis }) => redis.stop()));
    await engine.end();
  }
}

/** One after the other, so that some node serves. */
async function breakNodes(
  nodes: readonly Node[],
  random: Random,
  pace: number,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const pause = (): Promise<unknown> => sleep(pace * 2 * random.next(), undefined, { signal }).catch(() => {});
  for (await pause(); !signal.aborted; await pause()) {
    const node = random.pick(nodes);
    const fault = random.weighted(FAULTS);
    tell(`${node.settings.name}: ${fault}`);
    await breakNode(node, fault, random);
  }
}
