import { describe, expect, it } from "vitest";
import { Part, splitDelta } from "./delta.ts";
import type { Entry } from "./delta.ts";

const entry = (clock: number, meta = {}): Entry => ({
  replica: "r",
  clock,
  pid: 1,
  topic: "t",
  key: `k${clock}`,
  meta,
});
const part = (start: number, end: number, dots: number[] = [], entries: number[] = []): Part =>
  new Part(
    start,
    end,
    dots,
    entries.map((clock) => entry(clock)),
  );
const shown = ({ start, end, dots, entries }: Part) => [start, end, [...dots], [...entries.keys()]];

describe("a part", () => {
  it("removes what it speaks of and does not have", () => {
    const speaking = part(2, 5, [1, 9], [4, 9]);
    expect([0, 1, 2, 3, 4, 5, 6, 9].filter((clock) => speaking.removes(clock))).toEqual([1, 3, 5]);
  });

  it.each([
    ["a long range", part(0, 1_000, [2_000])],
    ["a short range", part(1, 3, [4, 2_000])],
  ])("finds what it removes, with %s", (_what, removing) => {
    const present = new Map([1, 2, 3, 4, 2_000, 3_000].map((clock) => [clock, entry(clock)]));
    expect([...removing.removedFrom(present)].sort((a, b) => a - b)).toEqual(
      [...present.keys()].filter((clock) => removing.removes(clock)),
    );
  });

  it.each([
    [part(0, 2), part(2, 4), true],
    [part(2, 4), part(0, 2), true],
    [part(0, 3), part(2, 4), true],
    [part(0, 9), part(2, 4), true],
    [part(0, 1), part(2, 4), false],
    [part(5, 6), part(2, 4), false],
  ])("is contiguous with one that overlaps or touches", (a, b, expected) => {
    expect(a.isContiguousWith(b)).toBe(expected);
  });

  it.each([
    ["what comes after it", part(0, 2, [], [1, 2]), part(2, 4, [], [4]), [0, 4, [], [1, 2, 4]]],
    ["a removal", part(0, 2, [], [1, 2]), part(2, 3, [1]), [0, 3, [], [2]]],
    ["a removal of what is older than both", part(5, 6, [], [6]), part(6, 7, [3]), [5, 7, [3], [6]]],
    ["what comes before it", part(2, 4, [1], [4]), part(0, 2, [], [1, 2]), [0, 4, [], [4, 2]]],
    ["itself", part(0, 2, [], [1]), part(0, 2, [], [1]), [0, 2, [], [1]]],
    ["what it has removed already", part(0, 3, [], [3]), part(0, 2, [], [1]), [0, 3, [], [3]]],
  ])("absorbs %s", (_what, a, b, expected) => {
    a.absorb(b);
    expect(shown(a)).toEqual(expected);
  });
});

describe("splitDelta", () => {
  it("gives pieces that speak of everything once, removals first", () => {
    const delta = new Map([["r", part(2, 40, [1], [5, 10, 20, 30, 40])]]);
    const pieces = splitDelta(delta, 30).map((piece) => piece.get("r") as Part);
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces[0]?.start).toBe(2);
    expect(pieces.at(-1)?.end).toBe(40);
    for (const [i, piece] of pieces.entries()) {
      if (i > 0) expect(piece.start).toBe(pieces[i - 1]?.end);
      for (const clock of piece.entries.keys()) expect(piece.inRange(clock)).toBe(true);
    }
    expect(pieces.map(({ dots }) => [...dots])).toEqual([[1], ...pieces.slice(1).map(() => [])]);
    expect(pieces.flatMap(({ entries }) => [...entries.keys()])).toEqual([5, 10, 20, 30, 40]);
  });

  it("leaves a short delta whole, one piece for each replica", () => {
    const delta = new Map([
      ["r", part(0, 2, [], [1, 2])],
      ["s", part(0, 1, [], [1])],
    ]);
    expect(splitDelta(delta, 10_000).map((piece) => [...piece.keys()])).toEqual([["r"], ["s"]]);
  });

  it("keeps the dot of an entry out of order with the entry", () => {
    const delta = new Map([["r", part(0, 3, [7, 9], [1, 2, 3, 9])]]);
    for (const piece of splitDelta(delta, 10)) {
      const one = piece.get("r") as Part;
      expect(one.dots.has(9)).toBe(one.entries.has(9));
    }
  });
});
