import { describe, expect, it } from "vitest";
import { appendClock, dominates, filterReplicas, upperBound } from "./clock.ts";
import type { Clocks, ReplicaClocks } from "./clock.ts";

const clocks = (of: Record<string, number>): Clocks => new Map(Object.entries(of));
const told = (replica: string, of: Record<string, number>): ReplicaClocks => ({ replica, clocks: clocks(of) });
const namesOf = (set: readonly ReplicaClocks[]): string[] => set.map(({ replica }) => replica);

describe("dominates", () => {
  it.each([
    [{ a: 1, b: 2 }, { a: 1, b: 2 }, true],
    [{ a: 2, b: 2 }, { a: 1, b: 2 }, true],
    [{ a: 1, b: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 9 }, { a: 1, b: 0 }, false],
    [{ a: 9, c: 1 }, { a: 1, b: 1 }, false],
    [{}, {}, true],
    [{ a: 0 }, {}, true],
  ] as const)("%j of %j: %s", (a, b, expected) => {
    expect(dominates(clocks(a), clocks(b))).toBe(expected);
  });
});

it("upperBound is the highest of each", () => {
  expect(upperBound([clocks({ a: 1, b: 5 }), clocks({ a: 3, c: 0 })])).toEqual(clocks({ a: 3, b: 5, c: 0 }));
  expect(upperBound([])).toEqual(new Map());
});

it("filterReplicas keeps the known ones", () => {
  expect(filterReplicas(clocks({ a: 1, b: 2 }), (replica) => replica === "b")).toEqual(clocks({ b: 2 }));
});

describe("appendClock", () => {
  const a = told("a", { a: 1, b: 2 });
  it.each([
    ["takes the first", [], a, ["a"]],
    ["passes one over that knows nothing", [a], told("b", {}), ["a"]],
    ["replaces all by one that dominates all", [a, told("b", { a: 0, b: 3 })], told("c", { a: 1, b: 3 }), ["c"]],
    [
      "passes one over that all together dominate",
      [a, told("b", { a: 0, b: 3 })],
      told("c", { a: 1, b: 1 }),
      ["a", "b"],
    ],
    ["adds one that knows more of something", [a], told("b", { a: 0, b: 3 }), ["a", "b"]],
    ["replaces those that it dominates", [a, told("b", { a: 0, c: 3 })], told("c", { a: 1, b: 3 }), ["b", "c"]],
  ])("%s", (_what, set, added, expected) => {
    expect(namesOf(appendClock(set, added))).toEqual(expected);
  });
});
