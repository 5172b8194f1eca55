/**
 * The laws of the replicated set: in whatever order, how often and in which pieces news come, they come to the same. The
 * seed is fixed: a run that fails once fails always.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitDelta } from "./delta.ts";
import type { Delta, Part } from "./delta.ts";
import { State } from "./state.ts";

const REPLICAS = ["a", "b", "c"];

const op = fc.record({
  is: fc.constantFrom("join", "join", "leave", "replace", "leaveAll", "tell"),
  replica: fc.nat(REPLICAS.length - 1),
  pid: fc.integer({ min: 1, max: 2 }),
  key: fc.constantFrom("x", "y"),
});
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never;

interface History {
  readonly states: readonly State[];
  /** All that was told, in order. */
  readonly deltas: readonly Delta[];
}

const copyOf = (delta: Delta): Delta => new Map([...delta].map(([replica, part]) => [replica, part.copy()]));

function play(ops: readonly Op[]): History {
  const states = REPLICAS.map((name) => new State(name));
  const deltas: Delta[] = [];
  const tell = (state: State): void => {
    if (state.delta !== undefined) deltas.push(copyOf(state.delta));
    state.resetDelta();
  };
  for (const [n, { is, replica, pid, key }] of ops.entries()) {
    const state = states[replica] as State;
    const entry = state.find(pid, "t", key);
    if (is === "tell") tell(state);
    else if (is === "leaveAll") state.leave(state.of(pid));
    else if (is === "join" && entry === undefined) state.join(pid, "t", key, { n });
    else if (is === "leave" && entry !== undefined) state.leave([entry]);
    else if (is === "replace" && entry !== undefined) state.replace(entry, pid, { n });
  }
  for (const state of states) tell(state);
  return { states, deltas };
}

/** Somebody who only listens. */
function observer(deltas: readonly Delta[] = []): State {
  const state = new State("observer");
  for (const name of REPLICAS) state.replicaUp(name);
  for (const delta of deltas) state.merge(delta);
  return state;
}

/** What a state shows and knows. */
function shown(state: State): unknown {
  const entries = [...state.view.of("t").values()].flat();
  return {
    entries: entries.map(({ replica, pid, key, meta }) => JSON.stringify([replica, pid, key, meta])).sort(),
    clocks: REPLICAS.map((name) => state.clocks.get(name)),
  };
}

const everything = (state: State): Delta => state.extract(new Map(REPLICAS.map((name) => [name, 0])));
const history = fc.array(op, { maxLength: 40, size: "max" }).map(play);
/** A history, and its news in any order, some of them several times. */
const shuffled = history.chain((played) =>
  fc.record({
    played: fc.constant(played),
    order: fc
      .array(fc.nat(Math.max(0, played.deltas.length - 1)), { maxLength: 10 })
      .map((again) => [...played.deltas, ...again.flatMap((n) => played.deltas[n] ?? [])])
      .chain((deltas) => fc.shuffledSubarray(deltas, { minLength: deltas.length })),
  }),
);
const runs = { numRuns: 1_500, seed: 20_261 };

describe("merging", () => {
  it("is commutative and idempotent: any order, any number of times", () => {
    fc.assert(
      fc.property(shuffled, ({ played, order }) => {
        expect(shown(observer(order))).toEqual(shown(observer(played.deltas)));
      }),
      runs,
    );
  });

  it("is associative: what others have merged before can be merged as well", () => {
    fc.assert(
      fc.property(shuffled, fc.nat(10), ({ played, order }, cut) => {
        const [left, right] = [order.slice(0, cut), order.slice(cut)];
        const expected = shown(observer(played.deltas));
        expect(shown(observer([...left, everything(observer(right))]))).toEqual(expected);
        expect(shown(observer([everything(observer(left)), ...right]))).toEqual(expected);
        expect(shown(observer([everything(observer(right)), everything(observer(left))]))).toEqual(expected);
      }),
      runs,
    );
  });

  it("of deltas is merging of states: both are what the replicas have", () => {
    fc.assert(
      fc.property(history, ({ states, deltas }) => {
        const byDeltas = observer(deltas);
        const byStates = observer(states.map((state) => state.extract(new Map([[state.self, 0]]))));
        expect(shown(byDeltas)).toEqual(shown(byStates));
        const own = states.flatMap((state) => [...state.of(1), ...state.of(2)]);
        expect([...byDeltas.view.of("t").values()].flat()).toHaveLength(own.length);
      }),
      runs,
    );
  });

  it("may take deltas joined, or in pieces", () => {
    fc.assert(
      fc.property(history, fc.nat(80), ({ deltas }, limit) => {
        const joined = new Map<string, Part>();
        for (const delta of deltas) {
          for (const [replica, part] of delta) {
            const before = joined.get(replica);
            if (before === undefined) joined.set(replica, part.copy());
            else before.absorb(part);
          }
        }
        const expected = shown(observer(deltas));
        expect(shown(observer([joined]))).toEqual(expected);
        expect(shown(observer(splitDelta(joined, limit)))).toEqual(expected);
        expect(shown(observer(splitDelta(joined, limit).toReversed()))).toEqual(expected);
      }),
      runs,
    );
  });

  it("never shows more than one entry of a pid for a key, and gives each change once", () => {
    fc.assert(
      fc.property(shuffled, ({ order }) => {
        const state = observer();
        const seen = new Map<string, number>();
        for (const delta of order) {
          const { joins, leaves } = state.merge(delta);
          for (const { replica, pid, key, clock } of leaves) {
            expect(seen.get(`${replica} ${pid} ${key}`)).toBe(clock);
            seen.delete(`${replica} ${pid} ${key}`);
          }
          for (const { replica, pid, key, clock } of joins) {
            expect(seen.has(`${replica} ${pid} ${key}`)).toBe(false);
            seen.set(`${replica} ${pid} ${key}`, clock);
          }
          expect([...state.view.of("t").values()].flat()).toHaveLength(seen.size);
        }
      }),
      runs,
    );
  });
});
