import { describe, expect, it } from "vitest";
import { Part } from "./delta.ts";
import type { Delta, Entry } from "./delta.ts";
import { Generations } from "./generations.ts";

const entry = (replica: string, clock: number): Entry => ({ replica, clock, pid: 1, topic: "t", key: "k", meta: {} });
const delta = (replica: string, start: number, end: number, entries: number[] = [], dots: number[] = []): Delta =>
  new Map([
    [
      replica,
      new Part(
        start,
        end,
        dots,
        entries.map((clock) => entry(replica, clock)),
      ),
    ],
  ]);
const shown = (found: Delta | undefined) =>
  found &&
  Object.fromEntries(
    [...found].map(([replica, { start, end, entries }]) => [replica, [start, end, [...entries.keys()]]]),
  );
const clocks = (of: Record<string, number>) => new Map(Object.entries(of));

describe("generations", () => {
  it("answer from the smallest one that is long enough", () => {
    const generations = new Generations([2, 5, 6]);
    for (const n of [1, 2, 3, 4, 5]) generations.push(delta("a", n - 1, n, [n]));
    const known = clocks({ a: 5 });
    expect(shown(generations.extract(clocks({ a: 4 }), known))).toEqual({ a: [4, 5, [5]] });
    expect(shown(generations.extract(clocks({ a: 2 }), known))).toEqual({ a: [0, 5, [1, 2, 3, 4, 5]] });
    generations.push(delta("a", 5, 6, [6]));
    expect(shown(generations.extract(clocks({ a: 1 }), clocks({ a: 6 })))).toEqual({ a: [0, 6, [1, 2, 3, 4, 5, 6]] });
    generations.push(delta("a", 6, 7, [7]));
    expect(generations.extract(clocks({ a: 0 }), clocks({ a: 7 }))).toBeUndefined();
  });

  it("hold what other replicas tell, too", () => {
    const generations = new Generations([10]);
    generations.push(delta("a", 0, 1, [1]));
    generations.push(delta("b", 4, 6, [5, 6]));
    const known = clocks({ a: 1, b: 6 });
    expect(shown(generations.extract(clocks({ a: 0, b: 4 }), known))).toEqual({ a: [0, 1, [1]], b: [4, 6, [5, 6]] });
    expect(shown(generations.extract(clocks({ a: 1, b: 5 }), known))).toEqual({ b: [4, 6, [5, 6]] });
    expect(generations.extract(clocks({ a: 1, b: 3 }), known)).toBeUndefined();
  });

  it("give nothing to whom lacks nothing, and nothing of replicas that were not asked for", () => {
    const generations = new Generations([10]);
    generations.push(delta("a", 0, 1, [1]));
    expect(shown(generations.extract(clocks({ a: 1 }), clocks({ a: 1 })))).toEqual({});
    expect(shown(generations.extract(clocks({ b: 0 }), clocks({ a: 1 })))).toEqual({});
  });

  it("keep removals until what they remove is in them", () => {
    const generations = new Generations([10]);
    generations.push(delta("a", 5, 6, [], [2]));
    expect([...(generations.extract(clocks({ a: 5 }), clocks({ a: 6 }))?.get("a")?.dots ?? [])]).toEqual([2]);
    generations.push(delta("a", 6, 8, [8], [7]));
    expect([
      ...(generations
        .extract(clocks({ a: 5 }), clocks({ a: 8 }))
        ?.get("a")
        ?.entries.keys() ?? []),
    ]).toEqual([8]);
  });

  it("leave out what is not contiguous, until the gap is filled", () => {
    const generations = new Generations([10]);
    generations.push(delta("a", 0, 2, [1, 2]));
    generations.push(delta("a", 4, 5, [5]));
    expect(generations.extract(clocks({ a: 1 }), clocks({ a: 5 }))).toBeUndefined();
    generations.push(delta("a", 2, 5, [3, 5]));
    expect(shown(generations.extract(clocks({ a: 1 }), clocks({ a: 5 })))).toEqual({ a: [0, 5, [1, 2, 3, 5]] });
  });

  it("forget a replica", () => {
    const generations = new Generations([10]);
    generations.push(delta("a", 0, 1, [1]));
    generations.remove("a");
    expect(generations.extract(clocks({ a: 0 }), clocks({ a: 1 }))).toBeUndefined();
  });

  it("do not change what was pushed", () => {
    const generations = new Generations([1, 10]);
    const first = delta("a", 0, 1, [1]);
    generations.push(first);
    generations.push(delta("a", 1, 2, [], [1]));
    expect(shown(first)).toEqual({ a: [0, 1, [1]] });
  });
});
