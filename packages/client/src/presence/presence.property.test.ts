import fc from "fast-check";
import { Presence as PhoenixPresence } from "phoenix";
import type { Channel } from "phoenix";
import { describe, expect, it } from "vitest";
import { Presence } from "../presence.ts";
import { syncDiff, syncState } from "./sync.ts";
import type { PresenceDiff, PresenceState } from "./sync.ts";

interface Meta {
  readonly phx_ref: string;
  readonly phx_ref_prev?: string;
}
interface Entry {
  readonly metas: readonly Meta[];
  readonly name?: string;
}
type State = PresenceState<Entry>;
type Diff = PresenceDiff<Entry>;

const KEYS = ["u1", "u2", "7", "__proto__", "constructor"];
const ref = fc.constantFrom("a", "b", "c", "d");
const metaOf: fc.Arbitrary<Meta> = fc.record({ phx_ref: ref, phx_ref_prev: ref }, { requiredKeys: ["phx_ref"] });
const entryWith = (minLength: number): fc.Arbitrary<Entry> =>
  fc.record(
    {
      metas: fc.uniqueArray(metaOf, { minLength, maxLength: 3, selector: (meta) => meta.phx_ref }),
      name: fc.constantFrom("Ada", "Bob"),
    },
    { requiredKeys: ["metas"] },
  );
/** As JSON.parse gives it: `__proto__` is a key like the others. */
const stateWith = (minLength: number): fc.Arbitrary<State> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...KEYS), entryWith(minLength)), { maxLength: 4, selector: ([key]) => key })
    .map((entries) => Object.fromEntries(entries));
const diffWith = (minLength: number): fc.Arbitrary<Diff> =>
  fc.record({ joins: stateWith(minLength), leaves: stateWith(minLength) });
const state = stateWith(1);
const diff = diffWith(1);

/** Metas in one order: where an updated meta stands is not the same on server and client. */
const sorted = (whole: State) =>
  Object.entries(whole)
    .map(([key, { metas }]) => [key, metas.map((meta) => meta.phx_ref).sort()] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));

describe("a client that applies anything", () => {
  type Event = readonly [name: string, payload: State | Diff];
  const diffEvent = diffWith(0).map((diff): Event => ["presence_diff", diff]);
  const stateEvent = stateWith(0).map((state): Event => ["presence_state", state]);
  /** The events of one join: diffs that come before the first state, the state, and all that follows. */
  const join = fc
    .tuple(
      fc.array(diffEvent, { maxLength: 3 }),
      stateEvent,
      fc.array(fc.oneof({ weight: 4, arbitrary: diffEvent }, { weight: 1, arbitrary: stateEvent }), { maxLength: 4 }),
    )
    .map(([early, state, late]) => [...early, state, ...late]);

  interface Observed {
    onJoin(callback: (...args: never[]) => void): void;
    onLeave(callback: (...args: never[]) => void): void;
    onSync(callback: () => void): void;
    list(by: (key: string, entry: unknown) => unknown): unknown[];
  }

  /** Everything that a program can see, as text, at the time when it sees it. */
  function observe(make: (channel: Channel) => Observed, joins: readonly Event[][]) {
    const callbacks = new Map<string, (payload: unknown) => void>();
    let joinRef = 0;
    const channel = {
      on: (event: string, callback: (payload: unknown) => void) => callbacks.set(event, callback).size,
      joinRef: () => String(joinRef),
    };
    const presence = make(channel as unknown as Channel);
    const seen: string[] = [];
    const see = (what: string, ...args: unknown[]) =>
      seen.push(JSON.stringify([what, ...args, presence.list((key, whole) => [key, whole])]));
    presence.onJoin((...args) => see("join", ...args));
    presence.onLeave((...args) => see("leave", ...args));
    presence.onSync(() => see("sync"));
    for (const events of joins) {
      joinRef++;
      for (const [name, payload] of events) callbacks.get(name)?.(structuredClone(payload));
    }
    return seen;
  }

  it("calls back with the same, at the same time, as phoenix.js does", () => {
    fc.assert(
      fc.property(fc.array(join, { minLength: 1, maxLength: 3 }), (joins) => {
        const seen = observe((channel) => new Presence(channel as never) as unknown as Observed, joins);
        expect(seen).toEqual(observe((channel) => new PhoenixPresence(channel) as unknown as Observed, joins));
      }),
      { numRuns: 200 },
    );
  });

  it("has what a presence_state says, whatever was there before", () => {
    fc.assert(
      fc.property(state, fc.array(diff), state, (start, diffs, next) => {
        const before = diffs.reduce<State>((current, diff) => syncDiff(current, diff), syncState({}, start));
        expect(sorted(syncState(before, next))).toEqual(sorted(next));
      }),
    );
  });

  it("has nothing left when everything has left", () => {
    fc.assert(
      fc.property(fc.array(diff), (diffs) => {
        const all = diffs.reduce<State>((current, diff) => syncDiff(current, diff), {});
        expect(Object.keys(syncDiff(all, { joins: {}, leaves: all }))).toEqual([]);
      }),
    );
  });

  it("has the same state with and without onUpdate, which only takes from the other two what it reports", () => {
    fc.assert(
      fc.property(state, diff, (start, diff) => {
        const split = (collect: boolean) => {
          const joined: string[] = [];
          const left: string[] = [];
          const note = (to: string[], key: string, { metas }: Entry) =>
            to.push(...metas.map((meta) => `${key} ${meta.phx_ref}`));
          const result = syncDiff(start, diff, {
            onJoin: (key, _current, entry) => note(joined, key, entry),
            onLeave: (key, _current, entry) => note(left, key, entry),
            onUpdate: !collect
              ? undefined
              : (key, previous, updated) => {
                  expect(updated.metas[0]?.phx_ref_prev).toBe(previous.metas[0]?.phx_ref);
                  note(joined, key, updated);
                  note(left, key, previous);
                },
          });
          return { result, joined: new Set(joined), left: new Set(left) };
        };
        expect(split(true)).toEqual(split(false));
      }),
    );
  });

  it("changes neither its old state nor what it was sent", () => {
    fc.assert(
      fc.property(state, diff, state, (start, diff, next) => {
        const before = JSON.stringify([start, diff, next]);
        syncDiff(start, diff);
        syncState(start, next);
        expect(JSON.stringify([start, diff, next])).toBe(before);
      }),
    );
  });
});

describe("a client of a server that tracks, updates and untracks", () => {
  const step = fc.record({
    key: fc.constantFrom(...KEYS),
    action: fc.constantFrom("track", "update", "untrack"),
    index: fc.nat(2),
  });

  /** The server's list after each step, and the step's diff. */
  function run(steps: readonly { key: string; action: string; index: number }[]) {
    const tracked = new Map<string, Meta[]>();
    let count = 0;
    const list = (): State => Object.fromEntries([...tracked].map(([key, metas]) => [key, { metas: [...metas] }]));
    const only = (key: string, meta: Meta): State => Object.fromEntries([[key, { metas: [meta] }]]);
    const history: { diff: Diff; after: State }[] = [];
    for (const { key, action, index } of steps) {
      const metas = tracked.get(key) ?? [];
      const old = metas[index % Math.max(metas.length, 1)];
      const added: Meta = {
        phx_ref: String(++count),
        ...(action === "update" && old && { phx_ref_prev: old.phx_ref }),
      };
      if (action !== "track" && old === undefined) continue;
      const rest = metas.filter((meta) => action === "track" || meta !== old);
      const next = action === "untrack" ? rest : [...rest, added];
      if (next.length === 0) tracked.delete(key);
      else tracked.set(key, next);
      history.push({
        diff: {
          joins: action === "untrack" ? {} : only(key, added),
          leaves: action === "track" || old === undefined ? {} : only(key, old),
        },
        after: list(),
      });
    }
    return history;
  }

  it("has the server's list, whenever it joined and however many diffs overtook the state", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), fc.nat(5), (steps, joinedAt, early) => {
        const history = run(steps);
        const at = Math.min(joinedAt, history.length);
        const start = history[at - 1]?.after ?? {};
        const diffs = history.slice(Math.max(0, at - early)).map(({ diff }) => diff);
        const end = diffs.reduce<State>((current, diff) => syncDiff(current, diff), syncState({}, start));
        expect(sorted(end)).toEqual(sorted(history.at(-1)?.after ?? {}));
      }),
    );
  });

  it("hears of each step once: a track joins, an untrack leaves, an update updates", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const heard: string[] = [];
        const history = run(steps);
        history.reduce<State>(
          (current, { diff }) =>
            syncDiff(current, diff, {
              onJoin: (key) => heard.push(`track ${key}`),
              onLeave: (key) => heard.push(`untrack ${key}`),
              onUpdate: (key) => heard.push(`update ${key}`),
            }),
          {},
        );
        const actions = history.map(({ diff: { joins, leaves } }) => {
          const [key] = Object.keys({ ...joins, ...leaves });
          const joined = Object.keys(joins).length > 0;
          return `${joined ? (Object.keys(leaves).length > 0 ? "update" : "track") : "untrack"} ${key}`;
        });
        expect(heard).toEqual(actions);
      }),
    );
  });
});
