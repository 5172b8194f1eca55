/** What a client can use up by what the protocol allows: memory, time, the log, and the patience of others. */
import { Bystanders } from "./bystanders.ts";
import { showLatency } from "./bystanders/latency.ts";
import { counted, inMB, isShort } from "./campaign.ts";
import type { Outcome, Part, Size } from "./campaign.ts";
import { ATTACKS } from "./exhaustion/attacks.ts";
import type { Attack } from "./exhaustion/attacks.ts";
import { PER_CONNECTION } from "./exhaustion/cost.ts";
import { startClock } from "./exhaustion/flood.ts";
import type { Spent } from "./exhaustion/flood.ts";
import { settledFigures, startTarget, violationsOf } from "./target-checks.ts";

const BYSTANDERS = 4;
const MB = 1024 * 1024;
/** What garbage may have grown to before it is collected. */
const GARBAGE = 64 * MB;
/** What bystanders, caches and compiled code hold. */
const OTHERS = 16 * MB;
/** A client that has gone while it was not read is noticed by its silence, in ms: sooner than by default. */
const SILENCE = 15_000;
/** The share of an attack after which is measured what is held: the attackers are still there. */
const LATE = 0.9;

export const exhaustion: Part = {
  name: "exhaustion",
  oracle:
    "Floods of what is allowed: large and deep frames, blocked channels, joins, bombs, slow readers, broadcasts, presences, " +
    "logs, half-open connections. The process lives; bystanders are neither closed nor crashed and lose nothing (their " +
    "latency is printed, with and without); memory stays within the documented limits of the attacker's connections.",
  async *run(size) {
    const { flood = "" } = size;
    const attacks = ATTACKS.filter((attack) => attack.name.includes(flood) && (!isShort(size) || attack.isShort));
    for (const attack of attacks) yield { title: `exhaustion by ${attack.name}`, ...(await suffer(attack, size)) };
  },
};

async function suffer(attack: Attack, { seconds }: Size): Promise<Outcome> {
  const target = await startTarget({ level: "info", isStructured: false, timeout: SILENCE });
  const { child, ports } = target;
  const bystanders = await Bystanders.start({ ports: [ports.own], path: "/socket", count: BYSTANDERS, every: 10 });
  const spent: Spent = { connections: 0, messages: 0, bytes: 0, closes: {} };
  try {
    await startClock(Math.min(3, seconds)).over;
    const calm = await bystanders.latencies();
    const before = await child.ask<number>("rest");
    const logged = child.log.bytes;
    const clock = startClock(seconds);
    const late = startClock(seconds * LATE).over.then(() => child.ask<number>("held").catch(() => before));
    const startedAt = performance.now();
    await attack.run(ports.own, clock, spent);
    const took = (performance.now() - startedAt) / 1_000;
    const crowd = child.end === undefined ? await bystanders.finish() : undefined;
    const figures = await settledFigures(target, 0);
    const allowed = attack.connections * PER_CONNECTION;
    const growth = (figures?.memory.peak ?? 0) - before;
    const held = (await late) - before;
    const log = child.log.bytes - logged;
    const violations = [...(crowd?.violations ?? []), ...violationsOf(target, figures, 0, log / 100)];
    if (held > allowed + OTHERS) violations.push(`${inMB(held)} were held, ${inMB(allowed)} are allowed`);
    if (growth > allowed + GARBAGE)
      violations.push(`memory has grown by ${inMB(growth)}, ${inMB(allowed)} are allowed`);
    // What a busy machine writes down later is of the same seconds.
    if (log > (1 + took) * MAX_LOG_PER_SECOND) violations.push(`${inMB(log)} were logged in ${took.toFixed(1)} s`);
    return {
      figures: {
        connections: spent.connections,
        "messages sent": spent.messages,
        "bytes sent": inMB(spent.bytes),
        "closes by code": counted(spent.closes),
        "told at limits": counted(figures?.limits ?? {}),
        "echo latency without": showLatency(calm),
        "echo latency meanwhile": crowd === undefined ? "bystanders are gone" : showLatency(crowd.latency),
        "memory held, at its peak, and allowed": `+${inMB(held)}, +${inMB(growth)}, +${inMB(allowed)}`,
        "resident at its peak": inMB(figures?.memory.peakRss ?? 0),
        log: `${inMB(log)}, ${inMB(log / took)} a second, ${Math.round(log / Math.max(1, spent.messages))} bytes a message`,
      },
      violations,
    };
  } finally {
    await bystanders.stop();
    await child.stop();
  }
}

/** Bytes. A person cannot read more, and a disk should not fill. */
const MAX_LOG_PER_SECOND = MB;
