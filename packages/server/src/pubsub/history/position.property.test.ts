/**
 * A log is written, fails over to replicas that lack entries, and is lost. Whatever happens to it, a position is on its path
 * when, and only when, the entries up to there are those that were read.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isOnPath, markOf, MOST_GENERATIONS, nextGeneration, positionOf, tagOf } from "./position.ts";
import type { Head } from "./position.ts";

/** A log, and what every offset of it holds: an entry is a number that no other has. */
interface Log {
  readonly head: Head;
  readonly entries: readonly number[];
}

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ is: fc.constant("append" as const), count: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant("copy" as const), count: fc.constant(0) }) },
  // To the replica that was copied, or to itself: a restart.
  { weight: 3, arbitrary: fc.record({ is: fc.constantFrom("failover", "restart"), count: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant("lose" as const), count: fc.constant(0) }) },
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** All states that the log was in, in order. */
function play(acts: readonly Act[]): readonly Log[] {
  let names = 0;
  let written = 0;
  const born = (): Log => ({
    head: { lineage: `l${names++}`, chain: [{ tag: `t${names++}`, boundary: 0 }], top: 0 },
    entries: [],
  });
  let log = born();
  let replica = log;
  const states = [log];
  for (const { is, count } of acts) {
    if (is === "append") {
      const added = Array.from({ length: count }, () => written++);
      log = { head: { ...log.head, top: log.head.top + count }, entries: [...log.entries, ...added] };
    } else if (is === "copy") replica = log;
    else if (is === "lose") replica = log = born();
    else {
      const from = is === "failover" ? replica : log;
      log = { ...from, head: nextGeneration(from.head, `t${names++}`) };
    }
    states.push(log);
  }
  return states;
}

const states = fc.array(act, { maxLength: 40, size: "max" }).map(play);
const runs = { numRuns: 2_000, seed: 20_261 };

/** Whether all that was read up to an offset is what the log has there. */
const isTrue = (read: Log, now: Log, offset: number): boolean =>
  read.head.lineage === now.head.lineage &&
  offset <= now.head.top &&
  read.entries.slice(0, offset).every((entry, n) => entry === now.entries[n]);

it("a position on the path is a true beginning of the log", () => {
  fc.assert(
    fc.property(states, (played) => {
      const now = played.at(-1) as Log;
      for (const read of played) {
        for (let offset = 0; offset <= read.head.top; offset++) {
          const mark = markOf(positionOf(read.head, offset));
          if (mark !== undefined && isOnPath(now.head, mark)) expect(isTrue(read, now, offset)).toBe(true);
        }
      }
    }),
    runs,
  );
});

it("a position is off the path only when entries before it were lost, or the generation is forgotten", () => {
  fc.assert(
    fc.property(states, (played) => {
      const now = played.at(-1) as Log;
      for (const [n, read] of played.entries()) {
        const forgotten = !now.head.chain.some(({ tag }) => tag === tagOf(read.head));
        // Once an entry was lost, what comes after it in its generation is another log's, even where offsets meet again.
        const since = played.slice(n);
        for (let offset = 0; offset <= read.head.top; offset++) {
          const mark = markOf(positionOf(read.head, offset));
          if (mark === undefined) throw new Error("not a position");
          if (isOnPath(now.head, mark) || forgotten) continue;
          expect(since.every((state) => isTrue(read, state, offset))).toBe(false);
        }
      }
    }),
    runs,
  );
});

it("the newest generation is the one that began last; at most eight are remembered, in order", () => {
  fc.assert(
    fc.property(states, (played) => {
      for (const { head } of played) {
        expect(head.chain.length).toBeLessThanOrEqual(MOST_GENERATIONS);
        const born = head.chain.map(({ tag }) => Number(tag.slice(1)));
        expect(born).toEqual([...born].sort((a, b) => a - b));
      }
    }),
    runs,
  );
});
