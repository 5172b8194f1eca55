import { describe, expect, it } from "vitest";
import { Part } from "./delta.ts";
import type { Entry } from "./delta.ts";
import { combine, ReplicaLog } from "./log.ts";

const entry = (clock: number): Entry => ({ replica: "r", clock, pid: 1, topic: "t", key: `k${clock}`, meta: {} });
const part = (start: number, end: number, dots: number[] = [], entries: number[] = []): Part =>
  new Part(start, end, dots, entries.map(entry));
const clocksOf = (entries: Iterable<Entry>): number[] => [...entries].map(({ clock }) => clock);

describe("a log", () => {
  it("counts up to the first change that it has not seen, and remembers later ones only until then", () => {
    const log = new ReplicaLog();
    log.merge(part(2, 4, [1], [3, 4]));
    expect([log.clock, ...log.snapshot().dots]).toEqual([1, 3, 4]);
    expect(log.isAheadOf(3)).toBe(true);
    expect(log.isAheadOf(4)).toBe(false);
    log.merge(part(1, 2, [], [2]));
    expect([log.clock, ...log.snapshot().dots]).toEqual([4]);
    expect(clocksOf(log.entries)).toEqual([3, 4, 2]);
  });

  it("admits 100,000 changes out of order, and not one more", () => {
    const log = new ReplicaLog();
    expect(log.admits(part(0, 1_000_000))).toBe(true); // in order
    expect(log.admits(part(1, 100_001))).toBe(true);
    expect(log.admits(part(1, 100_002))).toBe(false);
    expect(log.admits(part(1, 100_001, [200_000]))).toBe(false);
    log.merge(part(1, 60_001));
    expect(log.admits(part(70_000, 110_000))).toBe(true);
    expect(log.admits(part(70_000, 110_001))).toBe(false);
  });

  it("takes a removal that comes first", () => {
    const log = new ReplicaLog();
    log.merge(part(4, 5, [2]));
    expect(log.merge(part(0, 4, [], [1, 2])).joins.map(({ clock }) => clock)).toEqual([1]);
    expect(log.clock).toBe(5);
  });

  it("gives a snapshot that tells as much as it knows", () => {
    const [log, copy] = [new ReplicaLog(), new ReplicaLog()];
    log.merge(part(0, 2, [], [1]));
    log.merge(part(5, 7, [3], [6]));
    copy.merge(log.snapshot());
    expect([copy.clock, ...copy.snapshot().dots]).toEqual([log.clock, ...log.snapshot().dots]);
    expect(clocksOf(copy.entries)).toEqual([1, 6]);
  });
});

it("combine leaves out what has only come to go", () => {
  const [a, b, c, d] = [entry(1), entry(2), entry(3), entry(4)];
  expect(combine({ joins: [a, b], leaves: [c] }, { joins: [d], leaves: [b] })).toEqual({ joins: [a, d], leaves: [c] });
});
