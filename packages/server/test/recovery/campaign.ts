/**
 * Nodes, an engine and clients, each in processes of their own, and everything between them is broken at random for some
 * time. Then all is left in peace, and the judge reads what they have written down.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./../attack/child.ts";
import { Random } from "./../attack/random.ts";
import type { Bed, Injection } from "./campaign/bed.ts";
import { breakLinks } from "./campaign/links.ts";
import { Nodes } from "./campaign/nodes.ts";
import { check } from "./checker.ts";
import type { Verdict } from "./checker.ts";
import type { ClientsSettings } from "./clients/app.ts";
import type { Final } from "./clients/run.ts";
import { now, readHistory, Recorder } from "./history.ts";
import { SIZE } from "./node/settings.ts";

export interface CampaignOptions {
  readonly bed: Bed;
  readonly seconds: number;
  readonly seed: number;
  /** An empty folder, for what they write down. */
  readonly folder: string;
  /** Gets a line for each thing that is broken. */
  readonly tell?: (line: string) => void;
}

export interface Outcome extends Verdict {
  /** Connections of clients that were broken. */
  readonly links: number;
  /** How often the engine or a node was broken, by what was done. */
  readonly injected: Readonly<Record<string, number>>;
  /** Runs that did not get the last message in time. */
  readonly behind: readonly string[];
}

const TOPICS = ["room:1", "room:2", "veiled:1"];
/** Milliseconds. */
const PACE = { publish: 50, clients: 300, links: 120, injections: 2_000 };
/** For everything to arrive at the end, on a busy machine. */
const PATIENCE = 60_000;
const CLIENTS = new URL("clients/app.ts", import.meta.url).href;

export async function campaign({ bed, seconds, seed, folder, tell }: CampaignOptions): Promise<Outcome> {
  const random = new Random(seed);
  const recorder = new Recorder(folder, "campaign");
  recorder.write({ op: "rule", size: SIZE });
  await bed.start();
  const nodes = await Nodes.start(
    Array.from({ length: bed.nodes }, (_, n) => ({
      folder,
      name: `n${n + 1}`,
      engine: bed.settings(n),
      topics: TOPICS,
      pace: PACE.publish * bed.nodes,
    })),
    random.fork(),
  );
  let clients: Child | undefined;
  try {
    await nodes.up();
    const settings: ClientsSettings = { folder, url: nodes.url, topics: TOPICS, count: 2, seed, pace: PACE.clients };
    clients = await Child.start(CLIENTS, settings);
    await clients.ask("ready");

    const over = new AbortController();
    const breaking = breakLinks(nodes.front, random.fork(), PACE.links, over.signal);
    const injected = await inject(bed, nodes, recorder, random.fork(), seconds, tell ?? (() => {}));
    over.abort();
    const links = await breaking;

    const behind = await settle(nodes, clients);
    recorder.close();
    return { ...check(readHistory(folder)), links, injected, behind };
  } finally {
    await clients?.stop();
    await nodes.end();
    await bed.end();
  }
}

/** Breaks engine and nodes, one thing at a time. */
async function inject(
  { injections }: Bed,
  nodes: Nodes,
  recorder: Recorder,
  random: Random,
  seconds: number,
  tell: (line: string) => void,
): Promise<Record<string, number>> {
  const injected: Record<string, number> = {};
  let left: Injection[] = [];
  for (const until = performance.now() + seconds * 1_000; performance.now() < until;) {
    await sleep(PACE.injections * random.next());
    // Each once, before one comes again.
    if (left.length === 0) left = [...injections];
    const [injection] = left.splice(random.int(left.length), 1) as [Injection];
    const { what, loses = false, outage = false } = injection;
    const since = now();
    tell(what);
    await injection.run(nodes, random);
    await nodes.up();
    recorder.write({ op: "fault", what, since, loses, outage });
    injected[what] = (injected[what] ?? 0) + 1;
    if (loses) await snapshots(nodes);
  }
  return injected;
}

const snapshots = async (nodes: Nodes): Promise<void> => {
  for (const topic of TOPICS) await nodes.first.ask("snapshot", topic);
};

/** Nothing is broken or published any more. All get a last message of each topic, and everything before it. */
async function settle(nodes: Nodes, clients: Child): Promise<string[]> {
  await clients.ask("quiet");
  await Promise.all(nodes.all.map((node) => node.ask("quiet")));
  const finals: Record<string, Final> = {};
  for (const topic of TOPICS) finals[topic] = await nodes.first.ask<Final>("publish", topic);
  const behind = await clients.ask<string[]>("settle", { finals, ms: PATIENCE });
  await snapshots(nodes);
  await clients.ask("end");
  return behind;
}
