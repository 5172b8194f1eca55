import { describe, expect, it, vi } from "vitest";
import { syncDiff, syncState } from "./sync.ts";
import type { PresenceDiff, PresenceState } from "./sync.ts";

interface Entry {
  metas: { phx_ref: string; phx_ref_prev?: string; id?: number; device?: { name: string } }[];
  name?: string;
}
type State = PresenceState<Entry>;

const freeze = <Value>(value: Value): Value => {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze);
  return value;
};
const room = (): State =>
  freeze({
    u1: { metas: [{ id: 1, phx_ref: "1" }] },
    u2: { metas: [{ id: 2, phx_ref: "2" }] },
    u3: { metas: [{ id: 3, phx_ref: "3" }] },
  });
const diff = (joins: State, leaves: State = {}): PresenceDiff<Entry> => freeze({ joins, leaves });
const spy = () => vi.fn<(...args: unknown[]) => void>();
const callbacks = () => ({ onJoin: spy(), onLeave: spy() });

describe("a presence_state", () => {
  it("fills an empty state and leaves the empty one as it was", () => {
    const empty = freeze({});
    expect(syncState(empty, room())).toEqual(room());
    expect(empty).toEqual({});
  });

  it("reports keys that are new as joined and keys that are missing as left", () => {
    const next = freeze({ u1: { metas: [{ id: 1, phx_ref: "1" }] }, u4: { metas: [{ id: 4, phx_ref: "4" }] } });
    const { onJoin, onLeave } = callbacks();
    expect(syncState(room(), next, { onJoin, onLeave })).toEqual(next);
    expect(onJoin.mock.calls).toEqual([["u4", undefined, { metas: [{ id: 4, phx_ref: "4" }] }]]);
    expect(onLeave.mock.calls).toEqual([
      ["u2", { metas: [] }, { metas: [{ id: 2, phx_ref: "2" }] }],
      ["u3", { metas: [] }, { metas: [{ id: 3, phx_ref: "3" }] }],
    ]);
  });

  it("reports only the new metas of a key that is known, and only the missing ones as left", () => {
    const next = freeze({
      u3: {
        metas: [
          { id: 3, phx_ref: "3" },
          { id: 3, phx_ref: "3.5" },
        ],
      },
    });
    const current = freeze({
      u3: {
        metas: [
          { id: 3, phx_ref: "2.5" },
          { id: 3, phx_ref: "3" },
        ],
      },
    });
    const { onJoin, onLeave } = callbacks();
    expect(syncState(current, next, { onJoin, onLeave })).toEqual(next);
    expect(onJoin.mock.calls).toEqual([["u3", current.u3, { metas: [{ id: 3, phx_ref: "3.5" }] }]]);
    expect(onLeave.mock.calls).toEqual([["u3", next.u3, { metas: [{ id: 3, phx_ref: "2.5" }] }]]);
  });

  it("takes the other fields of an entry from the server's latest word", () => {
    const current = freeze({ u1: { metas: [{ phx_ref: "1" }], name: "old" } });
    const next = freeze({ u1: { metas: [{ phx_ref: "1" }, { phx_ref: "2" }], name: "new" } });
    expect(syncState<Entry>(current, next)).toEqual(next);
  });
});

describe("a presence_diff", () => {
  it("fills an empty state", () => {
    const joins = { u1: { metas: [{ id: 1, phx_ref: "1" }] } };
    expect(syncDiff({}, diff(joins))).toEqual(joins);
  });

  it("puts a new meta behind those that are there, and removes a key with its last meta", () => {
    const joined = { metas: [{ id: 1, phx_ref: "1.2" }] };
    const state = syncDiff(room(), diff({ u1: joined }, { u2: { metas: [{ id: 2, phx_ref: "2" }] } }));
    expect(state).toEqual({
      u1: {
        metas: [
          { id: 1, phx_ref: "1" },
          { id: 1, phx_ref: "1.2" },
        ],
      },
      u3: { metas: [{ id: 3, phx_ref: "3" }] },
    });
    expect(Object.keys(state)).toEqual(["u1", "u3"]);
  });

  it("removes one meta of a key and keeps the key while it has others", () => {
    const current = freeze({
      u1: {
        metas: [
          { id: 1, phx_ref: "1" },
          { id: 1, phx_ref: "1.2" },
        ],
      },
    });
    expect(syncDiff<Entry>(current, diff({}, { u1: { metas: [{ id: 1, phx_ref: "1" }] } }))).toEqual({
      u1: { metas: [{ id: 1, phx_ref: "1.2" }] },
    });
  });

  it("puts a meta that joins again in its new place, once", () => {
    const current = freeze({
      u1: {
        metas: [
          { id: 1, phx_ref: "1" },
          { id: 1, phx_ref: "2" },
        ],
      },
    });
    expect(syncDiff<Entry>(current, diff({ u1: { metas: [{ id: 9, phx_ref: "1" }] } }))).toEqual({
      u1: {
        metas: [
          { id: 1, phx_ref: "2" },
          { id: 9, phx_ref: "1" },
        ],
      },
    });
  });

  it("is silent about a key that leaves but was never there", () => {
    const { onLeave } = callbacks();
    expect(syncDiff(room(), diff({}, { ghost: { metas: [{ phx_ref: "9" }] } }), { onLeave })).toEqual(room());
    expect(onLeave).not.toHaveBeenCalled();
  });

  it("keeps the entries that it does not concern", () => {
    const current = room();
    const state = syncDiff(current, diff({ u4: { metas: [{ phx_ref: "4" }] } }));
    expect(state).not.toBe(current);
    expect(state["u1"]).toBe(current["u1"]);
  });

  it("gives callbacks copies, so that they cannot change the state", () => {
    const joins = { u9: { metas: [{ phx_ref: "9", device: { name: "phone" } }] } };
    const state = syncDiff<Entry>({}, diff(joins), {
      onJoin: (_key, _current, joined) => {
        joined.metas[0]!.device!.name = "changed";
      },
    });
    expect(state).toEqual(joins);
  });
});

describe("an update", () => {
  const current = freeze({
    u1: {
      metas: [
        { id: 1, phx_ref: "1" },
        { id: 2, phx_ref: "5" },
      ],
      name: "Ada",
    },
  });
  const update = diff(
    { u1: { metas: [{ id: 10, phx_ref: "2", phx_ref_prev: "1" }], name: "Ada" } },
    { u1: { metas: [{ id: 1, phx_ref: "1" }], name: "Ada" } },
  );
  const after = {
    u1: {
      metas: [
        { id: 2, phx_ref: "5" },
        { id: 10, phx_ref: "2", phx_ref_prev: "1" },
      ],
      name: "Ada",
    },
  };

  it("is a join and a leave for a program that does not ask for updates", () => {
    const { onJoin, onLeave } = callbacks();
    expect(syncDiff<Entry>(current, update, { onJoin, onLeave })).toEqual(after);
    expect(onJoin.mock.calls).toEqual([["u1", current.u1, update.joins["u1"]]]);
    expect(onLeave.mock.calls).toEqual([["u1", after.u1, update.leaves["u1"]]]);
  });

  it("is one call for a program that does, and neither a join nor a leave", () => {
    const { onJoin, onLeave } = callbacks();
    const onUpdate = spy();
    expect(syncDiff<Entry>(current, update, { onJoin, onLeave, onUpdate })).toEqual(after);
    expect(onUpdate.mock.calls).toEqual([["u1", update.leaves["u1"], update.joins["u1"]]]);
    expect(onJoin).not.toHaveBeenCalled();
    expect(onLeave).not.toHaveBeenCalled();
  });

  it("is recognised in a presence_state as well", () => {
    const onUpdate = spy();
    syncState<Entry>(current, freeze(after), { onUpdate });
    expect(onUpdate.mock.calls).toEqual([["u1", update.leaves["u1"], update.joins["u1"]]]);
  });

  it("leaves the other metas of the same key to onJoin and onLeave", () => {
    const { onJoin, onLeave } = callbacks();
    const onUpdate = spy();
    const both = diff(
      { u1: { metas: [{ phx_ref: "2", phx_ref_prev: "1" }, { phx_ref: "7" }] } },
      { u1: { metas: [{ phx_ref: "1" }, { phx_ref: "5" }] } },
    );
    syncDiff<Entry>(current, both, { onJoin, onLeave, onUpdate });
    expect(onUpdate).toHaveBeenCalledTimes(1);
    expect(onJoin.mock.calls[0]?.[2]).toEqual({ metas: [{ phx_ref: "7" }] });
    expect(onLeave.mock.calls[0]?.[2]).toEqual({ metas: [{ phx_ref: "5" }] });
  });

  it("is none when the old meta does not leave in the same diff, or leaves another key", () => {
    const { onJoin } = callbacks();
    const onUpdate = spy();
    const joins = { u1: { metas: [{ phx_ref: "2", phx_ref_prev: "1" }] } };
    syncDiff<Entry>(current, diff(joins), { onJoin, onUpdate });
    syncDiff<Entry>(current, diff(joins, { u2: { metas: [{ phx_ref: "1" }] } }), { onJoin, onUpdate });
    expect(onJoin).toHaveBeenCalledTimes(2);
    expect(onUpdate).not.toHaveBeenCalled();
  });

  it("is none for keys that only look like keys of every object", () => {
    const onUpdate = spy();
    const joins = JSON.parse('{"constructor":{"metas":[{"phx_ref":"2","phx_ref_prev":"1"}]}}') as State;
    syncDiff<Entry>({}, { joins, leaves: {} }, { onUpdate });
    expect(onUpdate).not.toHaveBeenCalled();
  });
});

describe("keys that every object seems to have", () => {
  const metas = '{"metas":[{"phx_ref":"1"}]}';
  const odd = freeze(
    JSON.parse(`{"__proto__":${metas},"constructor":${metas},"toString":${metas},"hasOwnProperty":${metas}}`) as State,
  );
  const keys = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  it("join and leave by a presence_state, and no prototype is touched", () => {
    const { onJoin, onLeave } = callbacks();
    const joined = syncState({}, odd, { onJoin });
    expect(Object.keys(joined)).toEqual(keys);
    expect(onJoin.mock.calls.map(([key, current]) => [key, current])).toEqual(keys.map((key) => [key, undefined]));
    expect(Object.keys(syncState(joined, {}, { onLeave }))).toEqual([]);
    expect(onLeave.mock.calls.map(([key]) => key)).toEqual(keys);
    expect(Object.getPrototypeOf(joined)).toBeNull();
    expect(({} as Record<string, unknown>)["metas"]).toBeUndefined();
  });

  it("join and leave by a presence_diff, and no prototype is touched", () => {
    const { onJoin, onLeave } = callbacks();
    const joined = syncDiff({}, diff(odd), { onJoin });
    expect(Object.keys(joined)).toEqual(keys);
    expect(onJoin.mock.calls.map(([key, current]) => [key, current])).toEqual(keys.map((key) => [key, undefined]));
    expect(Object.keys(syncDiff(joined, diff({}, odd), { onLeave }))).toEqual([]);
    expect(onLeave).toHaveBeenCalledTimes(4);
    expect(({} as Record<string, unknown>)["metas"]).toBeUndefined();
  });
});
