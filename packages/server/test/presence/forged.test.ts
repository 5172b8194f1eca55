/** Forged and garbled messages between shards: they may disturb, but never for long, and never at any size. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { refOf } from "../../src/tracker/replica.ts";
import { Shard } from "../../src/tracker/shard.ts";
import { observe } from "../integration/telemetry.ts";
import { OPTIONS, PERIOD, Simulation } from "./simulation.ts";

const [A, B] = [0, 1];
const MAX = Number.MAX_SAFE_INTEGER;

/** Two nodes that know each other, with one presence each. */
function settled(): Simulation {
  const simulation = new Simulation(2);
  simulation.node(A).shard.track(1, "a", "ada", {});
  simulation.node(B).shard.track(1, "b", "bob", {});
  for (let round = 0; round < 4; round++) simulation.round();
  return simulation;
}

const forge = (simulation: Simulation, message: unknown): void => {
  simulation.node(B).shard.receive(message, simulation.now);
  simulation.node(B).check();
};

/** Both nodes see a new presence of A, and nothing that was invented, after so many periods. */
function expectHealed(simulation: Simulation, rounds: number): void {
  simulation.node(A).shard.track(2, "a", "new", {});
  for (let round = 0; round < rounds; round++) simulation.round();
  expect(simulation.node(A).visible).toEqual(simulation.truth);
  expect(simulation.node(B).visible).toEqual(simulation.truth);
}

const DOWN = OPTIONS.downPeriod / PERIOD;
const A_REF = refOf("A", 1);
const heartbeat = (from: string, delta: unknown = [], clocks: unknown = [[from, 0]]): unknown => ({
  kind: "heartbeat",
  from,
  clocks,
  delta,
});

describe("a forged message cannot silence a node that lives:", () => {
  it.each<[string, unknown, number]>([
    ["a part that covers all changes to come", heartbeat(refOf("X", 1), [[A_REF, 0, MAX, [], []]]), 12],
    [
      "the same in a transfer",
      { kind: "transfer_ack", from: "1@X", isSnapshot: true, delta: [[A_REF, 0, MAX, [], []]] },
      12,
    ],
    ["a part that covers the next changes", heartbeat(refOf("X", 1), [[A_REF, 0, 5, [], []]]), 12],
    ["changes far out of order", heartbeat(A_REF, [[A_REF, 10, MAX, [], []]]), 12],
    ["presences that it never had", heartbeat(A_REF, [[A_REF, 0, 9, [], [[9, 1, "a", "eve", {}]]]]), 12],
    [
      "a presence that it never had, as its next change, and all changes to come",
      heartbeat(A_REF, [[A_REF, 1, MAX, [], [[2, 2, "a", "eve", {}]]]], [[A_REF, 2]]),
      12,
    ],
    ["a higher version of the node", heartbeat(refOf("A", 1_000)), DOWN + 12],
    ["its goodbye", { kind: "permdown", from: A_REF }, DOWN + 12],
    [
      "clocks that nobody has",
      heartbeat(
        refOf("X", 1),
        [],
        [
          [A_REF, MAX],
          [refOf("B", 2), MAX],
        ],
      ),
      12,
    ],
  ])("%s", (_what, message, rounds) => {
    const simulation = settled();
    forge(simulation, message);
    expectHealed(simulation, rounds);
  });
});

describe("a message is refused", () => {
  it.each<[string, unknown]>([
    ["whose sender starts in the future", heartbeat(refOf("A", MAX))],
    ["whose sender has no version", heartbeat("A")],
    ["whose sender's version is not a number", heartbeat("Infinity@A")],
    ["whose sender has a name of 1,000 characters", heartbeat(refOf("A".repeat(1_000), 1))],
    ["with a range that ends before it starts", heartbeat(A_REF, [[A_REF, 5, 2, [], []]])],
    ["with an entry outside of its range", heartbeat(A_REF, [[A_REF, 0, 2, [], [[9, 1, "a", "eve", {}]]]])],
    ["with a meta that is a list", heartbeat(A_REF, [[A_REF, 1, 2, [], [[2, 1, "a", "eve", []]]]])],
  ])("%s", (_what, message) => {
    const bad = observe("tracker.bad_message");
    const simulation = settled();
    forge(simulation, message);
    expect(bad.rest).toHaveLength(1);
    expectHealed(simulation, 4);
  });

  it("in part: a presence whose meta is nested too deep", () => {
    const bad = observe("tracker.bad_message");
    const simulation = settled();
    const deep = JSON.parse(`${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`) as object;
    const entries = [
      [2, 7, "a", "deep", deep],
      [3, 8, "a", "fine", {}],
    ];
    forge(simulation, heartbeat(A_REF, [[A_REF, 1, 3, [], entries]]));
    expect([...simulation.node(B).shard.view.of("a").keys()]).toEqual(["ada", "fine"]);
    expect(bad.rest).toHaveLength(1);
  });
});

it("no more than maxNodes nodes are known, however many introduce themselves", () => {
  const refused = observe("tracker.node_refused");
  const simulation = settled();
  for (let n = 0; n < 1_000; n++) forge(simulation, heartbeat(refOf(`forged ${n}`, 1)));
  expect(simulation.node(B).shard.nodes).toHaveLength(OPTIONS.maxNodes);
  expect(refused.rest).toEqual([{ shard: "of_B", node: "forged 9", limit: OPTIONS.maxNodes }]);
  expectHealed(simulation, DOWN + 4);
  for (let round = 0; round <= OPTIONS.permdownPeriod / PERIOD; round++) simulation.round();
  expect(simulation.node(B).shard.nodes).toEqual(["A"]);
});

it("a node is sent a transfer only when it is known, and once in half a period", () => {
  const simulation = settled();
  simulation.packets.length = 0;
  const ask = (from: string): void => forge(simulation, { kind: "transfer_req", from, clocks: [[refOf("B", 2), 0]] });
  for (let n = 0; n < 100; n++) for (const from of [A_REF, refOf("X", 1)]) ask(from);
  expect(simulation.packets).toHaveLength(1);
  simulation.now += PERIOD;
  ask(A_REF);
  expect(simulation.packets).toHaveLength(2);
});

it("any message, mutated anywhere, throws nothing and is forgotten", () => {
  const real = (): unknown[] => {
    const simulation = settled();
    simulation.node(A).shard.track(2, "a", "x", { n: 1 });
    simulation.node(A).shard.flush();
    const [{ data } = { data: "" }] = simulation.packets;
    return [JSON.parse(data), { kind: "transfer_req", from: A_REF, clocks: [[A_REF, 0]] }];
  };
  const junk = fc.oneof(
    fc.constantFrom<unknown>(-1, 0, 0.5, 2, 10, MAX, 1e300, "", "__proto__", "1@A", "9@A", "2@B", null, [], {}, true),
    fc.jsonValue(),
  );
  /** Puts junk in a place that the path leads to. */
  const mutate = (value: unknown, path: readonly number[], by: unknown): unknown => {
    if (path.length === 0 || typeof value !== "object" || value === null) return by;
    const keys = Object.keys(value);
    const key = keys[(path[0] as number) % Math.max(1, keys.length)];
    if (key === undefined) return by;
    const changed = mutate((value as Record<string, unknown>)[key], path.slice(1), by);
    return Array.isArray(value)
      ? value.with(Number(key), changed)
      : { ...(value as Record<string, unknown>), [key]: changed };
  };
  const changes = fc.array(fc.tuple(fc.nat(1), fc.array(fc.nat(6), { minLength: 1, maxLength: 5 }), junk), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(changes, (all) => {
      const simulation = settled();
      for (const [which, path, by] of all)
        forge(simulation, JSON.parse(JSON.stringify(mutate(real()[which], path, by))));
      for (let round = 0; round < OPTIONS.permdownPeriod / PERIOD + 2; round++) simulation.round();
      expectHealed(simulation, DOWN + 12);
    }),
    { numRuns: 150 },
  );
});

describe("an entry that the outlet cannot carry", () => {
  const shardOf = (broadcast: (message: object) => void): Shard =>
    new Shard("of_A", A_REF, OPTIONS, { broadcast, direct() {}, changed() {} });
  /** Keys that were told, as of the last flush. */
  const keysIn = (messages: readonly object[]): string[] =>
    messages.flatMap((message) =>
      [...JSON.stringify(message).matchAll(/"a","(\w+)"/g)].map(([, key]) => key as string),
    );

  it("is left out and reported; everything else is told, then and later", () => {
    const refused = observe("tracker.entry_refused");
    const sent: object[] = [];
    const shard = shardOf((message) => {
      if (JSON.stringify(message).includes("poison")) throw new Error("too deep");
      sent.push(message);
    });
    for (let n = 0; n < 20; n++) shard.track(n, "a", `k${n}`, n % 7 === 3 ? { poison: true } : {});
    shard.track(50, "a", "big", { n: 1n });
    expect(shard.flush()).toBe(true);
    expect(shard.flush()).toBe(false);
    const bad = ["k3", "k10", "k17"];
    const good = Array.from({ length: 20 }, (_, n) => `k${n}`).filter((key) => !bad.includes(key));
    expect(keysIn(sent)).toEqual(good);
    expect(refused.rest.map(({ key }) => key).sort()).toEqual([...bad, "big"].sort());
    shard.track(60, "a", "later", {});
    shard.flush();
    expect(keysIn(sent)).toEqual([...good, "later"]);
  });

  it("is none when the outlet carries nothing at all: the news waits", () => {
    const refused = observe("tracker.entry_refused");
    let isDown = true;
    const sent: object[] = [];
    const shard = shardOf((message) => {
      if (isDown) throw new Error("down");
      sent.push(message);
    });
    shard.track(1, "a", "k", {});
    expect(() => shard.flush()).toThrow("down");
    isDown = false;
    shard.flush();
    expect(keysIn(sent)).toEqual(["k"]);
    expect(refused.rest).toEqual([]);
  });
});
