import { describe, expect, it } from "vitest";
import {
  epochOf,
  holdsUpTo,
  isOnPath,
  markOf,
  MOST_GENERATIONS,
  nextGeneration,
  positionOf,
  tagOf,
} from "./position.ts";
import type { Head, Mark } from "./position.ts";

/** Born as `a`; `b` began with 10 entries, `c` with 7: three of the ten were lost, and others of `b` with them. */
const head: Head = {
  lineage: "log",
  chain: [
    { tag: "a", boundary: 0 },
    { tag: "b", boundary: 10 },
    { tag: "c", boundary: 7 },
  ],
  top: 9,
};
const mark = (tag: string, offset: number, lineage = "log"): Mark => ({ lineage, tag, offset });

describe("epochs", () => {
  it("name the log and its present generation", () => {
    expect(tagOf(head)).toBe("c");
    expect(epochOf(head)).toBe("log.c");
    expect(positionOf(head, 8)).toEqual({ epoch: "log.c", offset: 8 });
  });

  it("are read back: the lineage ends at the first dot", () => {
    expect(markOf({ epoch: "log.c", offset: 8 })).toEqual(mark("c", 8));
    expect(markOf({ epoch: "log.c.d", offset: 0 })).toEqual(mark("c.d", 0));
  });

  it.each(["", ".", "log", "log.", ".c", `log.${"c".repeat(252)}`])("R-21: %o is none", (epoch) => {
    expect(markOf({ epoch, offset: 1 })).toBeUndefined();
  });

  it("may have 255 characters", () => {
    expect(markOf({ epoch: `log.${"c".repeat(251)}`, offset: 1 })).toBeDefined();
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])("R-21: no offset is %d", (offset) => {
    expect(markOf({ epoch: "log.c", offset })).toBeUndefined();
  });
});

describe("what was read holds", () => {
  it("for ever in the present generation", () => {
    expect(holdsUpTo(head, "log", "c")).toBe(Infinity);
    expect(isOnPath(head, mark("c", 8))).toBe(true);
  });

  it("up to where the next generation began", () => {
    expect(holdsUpTo(head, "log", "b")).toBe(7);
    expect([7, 8].map((offset) => isOnPath(head, mark("b", offset)))).toEqual([true, false]);
  });

  it("up to the smallest of all later beginnings", () => {
    expect(holdsUpTo(head, "log", "a")).toBe(7);
    expect([7, 8, 10].map((offset) => isOnPath(head, mark("a", offset)))).toEqual([true, false, false]);
  });

  it("not at all of another log, nor of a generation that is forgotten", () => {
    expect(holdsUpTo(head, "other", "c")).toBeUndefined();
    expect(isOnPath(head, mark("c", 0, "other"))).toBe(false);
    expect(holdsUpTo(head, "log", "z")).toBeUndefined();
    expect(isOnPath(head, mark("z", 0))).toBe(false);
  });
});

describe("a new generation", () => {
  it("begins at the top", () => {
    const next = nextGeneration(head, "d");
    expect(next).toEqual({ ...head, chain: [...head.chain, { tag: "d", boundary: 9 }] });
    expect(isOnPath(next, mark("c", 9))).toBe(true);
    expect(isOnPath(next, mark("c", 10))).toBe(false);
  });

  it("leaves the head before it as it was", () => {
    const before = structuredClone(head);
    nextGeneration(head, "d");
    expect(head).toEqual(before);
  });

  it("lets the oldest be forgotten", () => {
    let next = head;
    for (let n = 0; n < MOST_GENERATIONS; n++) next = nextGeneration(next, `n${n}`);
    expect(next.chain.map(({ tag }) => tag)).toEqual(Array.from({ length: MOST_GENERATIONS }, (_, n) => `n${n}`));
    expect(isOnPath(next, mark("c", 1))).toBe(false);
  });
});
