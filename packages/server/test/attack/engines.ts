/** Garbage in the channel of an engine, while nodes exchange broadcasts and presences over it. */
import { Bystanders } from "./bystanders.ts";
import { showLatency } from "./bystanders/latency.ts";
import { inMB, isShort } from "./campaign.ts";
import type { Outcome, Part, Size } from "./campaign.ts";
import { garbage } from "./engines/garbage.ts";
import { forkWorker } from "./engines/cluster.ts";
import { startEngine, wiretap } from "./engines/wiretaps.ts";
import type { MeshName } from "./engines/wiretaps.ts";
import { startClock } from "./exhaustion/flood.ts";
import { Random } from "./random.ts";
import { settledFigures, startTarget, violationsOf } from "./target-checks.ts";
import { natsAvailability, postgresAvailability, redisAvailability } from "../pubsub/engines.ts";

const AVAILABLE = {
  cluster: { isMissing: false },
  Redis: redisAvailability,
  NATS: natsAvailability,
  PostgreSQL: postgresAvailability,
};
const BYSTANDERS = 4;
/** Messages of the nodes that are kept to be sent again, damaged or not. */
const KEPT = 200;
/** Signs envelopes, where they are signed. */
const SECRET = "a secret of the campaign that is long enough for everybody, it is hoped";

export const engines: Part = {
  name: "engines",
  oracle:
    "Random bytes, envelopes of nobody and damaged copies of the nodes' own messages in each engine's channel, and nonsense " +
    "between the primary and the workers of node:cluster; where messages are signed, copies as they were, too. Both nodes live; bystanders on both hear everything in order and see each other; " +
    "the log and memory are bounded.",
  async *run(size) {
    const names = (Object.keys(AVAILABLE) as MeshName[]).filter((name) => !AVAILABLE[name].isMissing);
    for (const name of isShort(size) ? names.slice(0, 1) : names) {
      for (const isSigned of isShort(size) ? [false] : [false, true]) {
        const title = `engines, ${name}${isSigned ? ", signed" : ""}`;
        yield { title, ...(await disturb(name, isSigned, size)) };
      }
    }
  },
};

async function disturb(name: MeshName, isSigned: boolean, { seed, seconds }: Size): Promise<Outcome> {
  const engine = await startEngine[name]();
  await engine.start();
  const settings = (nodeName: string) => ({
    level: "info" as const,
    isStructured: false,
    node: { engine: name, port: engine.port, nodeName, ...(isSigned ? { secret: SECRET } : {}) },
  });
  const fork = name === "cluster" ? forkWorker : undefined;
  const targets = await Promise.all(["one", "other"].map((nodeName) => startTarget(settings(nodeName), fork)));
  const ports = targets.map(({ ports }) => ports.own);
  const bystanders = await Bystanders.start({ ports, path: "/socket", count: BYSTANDERS, every: 20 });
  const random = new Random(seed);
  const heard: Buffer[] = [];
  const own = new Set<string>();
  const tap = await wiretap[name](
    engine.port,
    (bytes) => {
      if (own.delete(bytes.toString("latin1"))) return;
      heard[heard.length < KEPT ? heard.length : random.int(KEPT)] = bytes;
    },
    random,
  );
  let sent = 0;
  try {
    await startClock(1).over;
    for (
      const clock = startClock(seconds);
      clock.isOn && targets.every(({ child }) => child.end === undefined);
      sent++
    ) {
      const bytes = garbage(random, heard, isSigned);
      own.add(bytes.toString("latin1"));
      await tap.publish(bytes).catch(() => {});
      if (sent % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const isAlive = targets.every(({ child }) => child.end === undefined);
    const crowd = isAlive ? await bystanders.finish() : undefined;
    const violations = [...(crowd?.violations ?? [])];
    for (const target of targets) violations.push(...violationsOf(target, await settledFigures(target, 0), 0, sent));
    return {
      figures: {
        "messages of nobody": sent,
        bystanders:
          crowd === undefined ? "gone" : `${crowd.echoes} echoes, ${crowd.heard} heard, ${showLatency(crowd.latency)}`,
        log: targets.map(({ child }) => inMB(child.log.bytes)).join(", "),
      },
      violations,
    };
  } finally {
    await tap.close();
    await bystanders.stop();
    await Promise.all(targets.map(({ child }) => child.stop()));
    await engine.end();
  }
}
