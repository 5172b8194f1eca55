import { describe, expect, it } from "vitest";
import type { Clocks } from "./clock.ts";
import type { Delta, Entry } from "./delta.ts";
import { State } from "./state.ts";

/** States that know each other. */
function statesOf(...names: string[]): State[] {
  const states = names.map((name) => new State(name));
  for (const state of states) for (const name of names) state.replicaUp(name);
  return states;
}

const keysOf = (state: State, topic = "t"): string[] => [...state.view.of(topic).keys()].sort();
const keys = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);
const clocks = (of: Record<string, number>): Clocks => new Map(Object.entries(of));
const join = (state: State, key: string, pid = 1): Entry => state.join(pid, "t", key, {});

/** What a state has to tell, once. */
function told(state: State): Delta {
  const delta = new Map([...(state.delta ?? [])].map(([replica, part]) => [replica, part.copy()] as const));
  state.resetDelta();
  return delta;
}

const everything = (state: State, of: readonly State[]): Delta =>
  state.extract(new Map(of.map(({ self }) => [self, 0] as const)));

describe("a state", () => {
  it("is empty at first, and has nothing to tell", () => {
    const [a] = statesOf("a", "b") as [State];
    expect(a.view.topics).toBe(0);
    expect(a.delta).toBeUndefined();
    expect(everything(a, [a]).size).toBe(0);
    expect(a.clocks).toEqual(clocks({ a: 0, b: 0 }));
  });

  it("shows what joins, and no more what leaves", () => {
    const [a] = statesOf("a") as [State];
    const ada = join(a, "ada");
    join(a, "ada", 2);
    expect(a.view.entries("t", "ada")).toHaveLength(2);
    expect(a.find(1, "t", "ada")).toBe(ada);
    expect(a.find(3, "t", "ada")).toBeUndefined();
    a.leave([ada]);
    expect(a.view.entries("t", "ada")).toHaveLength(1);
    a.leave(a.of(2));
    expect(a.view.topics).toBe(0);
    expect(a.of(2)).toEqual([]);
  });

  it("counts a join as one change, a removal as one, and an update as two", () => {
    const [a] = statesOf("a") as [State];
    const ada = join(a, "ada");
    expect(a.clocks.get("a")).toBe(1);
    const next = a.replace(ada, 1, { n: 1 });
    expect([a.clocks.get("a"), next.clock]).toEqual([3, 3]);
    a.leave([next]);
    expect(a.clocks.get("a")).toBe(4);
    expect(a.toldClocks.get("a")).toBe(0);
    a.leave([]);
    expect(a.clocks.get("a")).toBe(4);
  });

  it("keeps the place of what it updates", () => {
    const [a] = statesOf("a") as [State];
    const first = join(a, "ada", 1);
    join(a, "ada", 2);
    const next = a.replace(first, 1, { n: 1 });
    expect(a.view.entries("t", "ada").map(({ pid }) => pid)).toEqual([1, 2]);
    expect(a.view.entries("t", "ada")[0]).toBe(next);
    expect(a.of(1)).toEqual([next]);
  });
});

describe("merging", () => {
  it("brings what others have, once", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    join(a, "ada");
    const delta = told(a);
    expect(keys(b.merge(delta).joins)).toEqual(["ada"]);
    expect(b.merge(delta)).toEqual({ joins: [], leaves: [] });
    expect(b.merge(everything(a, [a, b]))).toEqual({ joins: [], leaves: [] });
    expect(keysOf(b)).toEqual(["ada"]);
  });

  it("takes away what others have removed", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const ada = join(a, "ada");
    b.merge(told(a));
    a.leave([ada]);
    expect(keys(b.merge(told(a)).leaves)).toEqual(["ada"]);
    expect(keysOf(b)).toEqual([]);
  });

  it("does not bring back what was removed, when the removal comes first", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const ada = join(a, "ada");
    const first = told(a);
    a.leave([ada]);
    b.merge(told(a));
    expect(b.merge(first)).toEqual({ joins: [], leaves: [] });
  });

  it("gives an update as a leave and a join", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const ada = join(a, "ada");
    b.merge(told(a));
    a.replace(ada, 1, { n: 1 });
    const { joins, leaves } = b.merge(told(a));
    expect([joins.map(({ meta }) => meta), leaves.map(({ meta }) => meta)]).toEqual([[{ n: 1 }], [{}]]);
    expect(b.view.entries("t", "ada")).toHaveLength(1);
  });

  it("gives an update as such, also when a removal in between was lost", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const ada = join(a, "ada");
    b.merge(told(a));
    a.leave([ada]);
    told(a);
    join(a, "ada");
    const { joins, leaves } = b.merge(told(a));
    expect([keys(joins), keys(leaves)]).toEqual([["ada"], ["ada"]]);
    expect(b.merge(everything(a, [a, b]))).toEqual({ joins: [], leaves: [] });
    expect(b.view.entries("t", "ada")).toHaveLength(1);
  });

  it("passes over what is its own, and replicas that it has not heard of", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const stranger = new State("s");
    join(stranger, "sue");
    expect(a.merge(told(stranger))).toEqual({ joins: [], leaves: [] });
    join(a, "ada");
    b.merge(told(a));
    a.leave(a.of(1));
    expect(a.merge(everything(b, [a, b]))).toEqual({ joins: [], leaves: [] });
    expect(keysOf(a)).toEqual([]);
  });

  it("learns joins and removals through a third", () => {
    const [a, b, c] = statesOf("a", "b", "c") as [State, State, State];
    const all = [a, b, c];
    const ada = join(a, "ada");
    b.merge(told(a));
    expect(keys(c.merge(everything(b, all)).joins)).toEqual(["ada"]);
    a.leave([ada]);
    b.merge(told(a));
    expect(keys(c.merge(everything(b, all)).leaves)).toEqual(["ada"]);
  });
});

describe("a replica", () => {
  it("that is down is hidden, and shown as it is then when it is up again", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    const ada = join(a, "ada");
    b.merge(told(a));
    expect(keys(b.replicaDown("a").leaves)).toEqual(["ada"]);
    expect(keysOf(b)).toEqual([]);
    expect(b.clocks).toEqual(clocks({ b: 0 }));
    a.leave([ada]);
    join(a, "bob");
    expect(b.merge(told(a))).toEqual({ joins: [], leaves: [] });
    expect(keys(b.replicaUp("a").joins)).toEqual(["bob"]);
    expect(b.replicaUp("a").joins).toEqual([]);
  });

  it("that is gone is forgotten", () => {
    const [a, b] = statesOf("a", "b") as [State, State];
    join(a, "ada");
    const delta = told(a);
    b.merge(delta);
    expect(keys(b.replicaGone("a").leaves)).toEqual(["ada"]);
    expect(b.isKnown("a")).toBe(false);
    expect(b.merge(delta)).toEqual({ joins: [], leaves: [] });
    expect(b.extract(clocks({ a: 0, b: 0 })).size).toBe(0);
    b.replicaUp("a");
    expect(keys(b.merge(delta).joins)).toEqual(["ada"]);
  });

  it("does not hide or forget itself", () => {
    const [a] = statesOf("a") as [State];
    join(a, "ada");
    expect(a.replicaDown("a").leaves).toEqual([]);
    expect(a.replicaGone("a").leaves).toEqual([]);
    expect(keysOf(a)).toEqual(["ada"]);
  });
});

it("what is extracted is about the replicas that were asked for, and more than they know", () => {
  const [a, b, c] = statesOf("a", "b", "c") as [State, State, State];
  for (const state of [a, b, c]) join(state, state.self);
  a.merge(told(b));
  a.merge(told(c));
  expect([...a.extract(clocks({ a: 0, b: 1, x: 0 })).keys()]).toEqual(["a"]);
  expect([...a.extract(clocks({ a: 1, b: 0, c: 0 })).keys()]).toEqual(["b", "c"]);
});
