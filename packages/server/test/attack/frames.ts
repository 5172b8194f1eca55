/** Mutated frames against channels of every kind, with the default logger at each level, as text and structured. */
import { Bystanders } from "./bystanders.ts";
import { showLatency } from "./bystanders/latency.ts";
import { counted, inMB, isShort } from "./campaign.ts";
import type { Outcome, Part } from "./campaign.ts";
import { Storm } from "./frames/storm.ts";
import { settledFigures, startTarget, violationsOf } from "./target-checks.ts";
import type { TargetSettings } from "./target/main.ts";

const LOGS: readonly TargetSettings[] = (["debug", "info", "warn", "error"] as const).flatMap((level) => [
  { level, isStructured: false },
  { level, isStructured: true },
]);
const BATCH = 100;
const BYSTANDERS = 5;

export const frames: Part = {
  name: "frames",
  oracle:
    "Mutated frames over TCP (V1, V2, binary, fragmented, compressed, against RFC 6455) and POSTs, in channels of every " +
    "kind, with the default logger. The process lives and warns of nothing; answers are of the protocol; nobody gets what " +
    "is not for them; bystanders are neither closed nor crashed and hear everything in order; the log is not forged.",
  async *run(size) {
    const { seed, frames } = size;
    const batches = Math.ceil(frames / BATCH);
    const logs = isShort(size) ? LOGS.slice(0, 2) : LOGS;
    for (const [index, log] of logs.entries()) {
      const [from, to] = [index, index + 1].map((n) => Math.floor((n * batches) / logs.length)) as [number, number];
      const title = `frames, logger at ${log.level}${log.isStructured ? ", structured" : ""}`;
      yield { title, ...(await storm(seed, from, to, log)) };
    }
  },
};

async function storm(seed: number, from: number, to: number, log: TargetSettings): Promise<Outcome> {
  const target = await startTarget(log);
  const { child, ports } = target;
  const bystanders = await Bystanders.start({ ports: [ports.own], path: "/socket", count: BYSTANDERS, every: 20 });
  try {
    const startedAt = performance.now();
    const attack = new Storm({ seed, from, to, batchSize: BATCH, port: ports.own, target: child });
    await attack.run();
    const seconds = (performance.now() - startedAt) / 1_000;
    const crowd = child.end === undefined ? await bystanders.finish() : undefined;
    const figures = await settledFigures(target, 0);
    const logged = child.log.bytes + (figures?.log.bytes ?? 0);
    return {
      figures: {
        seed,
        "frames read": attack.read,
        "of them in POSTs": attack.posted,
        connections: attack.connections,
        answers: attack.answers,
        seconds: Math.round(seconds),
        "closes by code": counted(attack.closes),
        "crashed channels": counted(figures?.crashes ?? {}),
        "memory at rest, before and after": `${inMB(target.settled)}, ${inMB(figures?.memory.settled ?? 0)}`,
        "memory at its peak": inMB(figures?.memory.peak ?? 0),
        log: `${inMB(logged)}, ${Math.round(logged / Math.max(1, attack.read))} bytes per frame`,
        bystanders:
          crowd === undefined ? "gone" : `${crowd.echoes} echoes, ${crowd.heard} heard, ${showLatency(crowd.latency)}`,
      },
      violations: [
        ...attack.violations,
        ...(crowd?.violations ?? []),
        ...violationsOf(target, figures, 0, attack.read),
      ],
    };
  } finally {
    await bystanders.stop();
    await child.stop();
  }
}
