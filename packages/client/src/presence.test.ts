import { afterEach, describe, expect, it, vi } from "vitest";
import { reports } from "../test/fake-transport.ts";
import { Presence } from "./presence.ts";

/** A channel as far as a presence is concerned; a new ref stands for a rejoin. */
class FakeChannel {
  ref: string | null = "1";
  readonly #callbacks = new Map<string, (payload: never) => void>();

  on(event: string, callback: (payload: never) => void): number {
    return this.#callbacks.set(event, callback).size;
  }

  joinRef(): string | null {
    return this.ref;
  }

  receive(event: string, payload: unknown): void {
    this.#callbacks.get(event)?.(payload as never);
  }
}

const spy = () => vi.fn<(...args: unknown[]) => void>();
const meta = (phx_ref: string, id = 1) => ({ id, phx_ref });
const entry = (phx_ref: string, id = 1) => ({ metas: [meta(phx_ref, id)] });
const first = { u1: entry("1"), u2: entry("2", 2) };

afterEach(() => {
  vi.useRealTimers();
});

describe("Presence", () => {
  it("follows the state and the diffs of its channel", () => {
    const channel = new FakeChannel();
    const presence = new Presence<{ id: number }>(channel);
    channel.receive("presence_state", first);
    expect(presence.list()).toEqual([entry("1"), entry("2", 2)]);
    channel.receive("presence_diff", { joins: { u3: entry("3", 3) }, leaves: { u1: entry("1") } });
    expect(presence.list((key, { metas }) => [key, metas[0]?.id])).toEqual([
      ["u2", 2],
      ["u3", 3],
    ]);
  });

  it("keeps diffs that come before the state of a join, and applies them after it in their order", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    const calls: string[] = [];
    presence.onJoin((key, current) => calls.push(`join ${key} ${current === undefined ? "new" : "again"}`));
    presence.onLeave((key) => calls.push(`leave ${key}`));
    presence.onSync(() => calls.push("sync"));

    channel.receive("presence_diff", { joins: {}, leaves: { u2: entry("2") } });
    channel.receive("presence_diff", { joins: { u2: entry("2.1") }, leaves: {} });
    expect(presence.list()).toEqual([]);
    expect(presence.inPendingSyncState()).toBe(true);
    expect(calls).toEqual([]);

    channel.receive("presence_state", first);
    expect(presence.inPendingSyncState()).toBe(false);
    expect(calls).toEqual(["join u1 new", "join u2 new", "leave u2", "join u2 new", "sync"]);
    expect(presence.state).toEqual({ u1: entry("1"), u2: entry("2.1") });
  });

  it("waits for a new state after a rejoin", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    channel.receive("presence_state", first);
    channel.ref = "2";
    expect(presence.inPendingSyncState()).toBe(true);
    channel.receive("presence_diff", { joins: {}, leaves: { u1: entry("1") } });
    expect(presence.state).toEqual(first);
    channel.receive("presence_state", { u1: entry("1"), u3: entry("3") });
    expect(presence.state).toEqual({ u3: entry("3") });
  });

  it("forgets the diffs of a join whose state never came", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    channel.receive("presence_diff", { joins: { ghost: entry("1") }, leaves: {} });
    channel.ref = "2";
    channel.receive("presence_diff", { joins: { u3: entry("3") }, leaves: {} });
    channel.receive("presence_state", { u1: entry("1") });
    expect(Object.keys(presence.state)).toEqual(["u1", "u3"]);

    channel.ref = "3";
    channel.receive("presence_diff", { joins: { ghost: entry("1") }, leaves: {} });
    channel.ref = "4";
    channel.receive("presence_state", { u1: entry("1") });
    expect(Object.keys(presence.state)).toEqual(["u1"]);
  });

  it("applies a diff that has waited once, also when another state comes for the same join", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    channel.receive("presence_diff", { joins: { u3: entry("3") }, leaves: {} });
    channel.receive("presence_state", {});
    channel.receive("presence_state", first);
    expect(presence.state).toEqual(first);
  });

  it("listens to events of other names", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel, { events: { state: "who_is_there", diff: "who_moved" } });
    channel.receive("presence_state", first);
    expect(presence.list()).toEqual([]);
    channel.receive("who_is_there", first);
    channel.receive("who_moved", { joins: {}, leaves: { u1: entry("1") } });
    expect(Object.keys(presence.state)).toEqual(["u2"]);
  });

  it("reports an update (leave and join in one diff) as such, or else as the two", () => {
    const update = {
      joins: { u1: { metas: [{ id: 9, phx_ref: "1.1", phx_ref_prev: "1" }] } },
      leaves: { u1: entry("1") },
    };
    const channels = [new FakeChannel(), new FakeChannel()] as const;
    const [plain, asking] = channels.map((channel) => new Presence(channel)) as [Presence, Presence];
    const calls: unknown[] = [];
    channels.forEach((channel) => channel.receive("presence_state", { u1: entry("1") }));
    for (const presence of [plain, asking]) {
      presence.onJoin((...args) => calls.push(["join", ...args]));
      presence.onLeave((...args) => calls.push(["leave", ...args]));
    }
    asking.onUpdate((...args) => calls.push(["update", ...args]));

    channels[0].receive("presence_diff", update);
    expect(calls.splice(0)).toEqual([
      ["join", "u1", entry("1"), update.joins.u1],
      ["leave", "u1", update.joins.u1, entry("1")],
    ]);
    channels[1].receive("presence_diff", update);
    expect(calls).toEqual([["update", "u1", entry("1"), update.joins.u1]]);
    expect(asking.state).toEqual(plain.state);
    expect(asking.list()).toEqual([update.joins.u1]);
  });

  it("has one callback of each kind: the last one given", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    const replaced = spy();
    const sync = spy();
    presence.onSync(replaced);
    presence.onSync(sync);
    channel.receive("presence_state", first);
    expect(replaced).not.toHaveBeenCalled();
    expect(sync).toHaveBeenCalledTimes(1);
  });

  it("shows callbacks of a diff how far it has come", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    channel.receive("presence_state", first);
    const seen: string[][] = [];
    presence.onJoin(() => seen.push(Object.keys(presence.state)));
    presence.onLeave(() => seen.push(Object.keys(presence.state)));
    channel.receive("presence_diff", { joins: { u3: entry("3") }, leaves: { u1: entry("1"), u2: entry("2") } });
    expect(seen).toEqual([
      ["u1", "u2", "u3"],
      ["u1", "u2", "u3"],
      ["u2", "u3"],
    ]);
  });

  it("gives a new state object after each event, and keeps what has not changed", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    channel.receive("presence_state", first);
    const before = presence.state;
    channel.receive("presence_diff", { joins: { u3: entry("3") }, leaves: { u2: entry("2") } });
    expect(before).toEqual(first);
    expect(presence.state).not.toBe(before);
    expect(presence.state["u1"]).toBe(before["u1"]);
  });

  it("does not change the payloads, which other callbacks of the channel see too", () => {
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    const state = { u1: { metas: [meta("1"), meta("2")] } };
    channel.receive("presence_state", { u1: entry("1") });
    channel.receive("presence_state", state);
    state.u1.metas[1]!.id = 99;
    expect(presence.list()).toEqual([{ metas: [meta("1"), meta("2")] }]);
    expect(state.u1.metas).toHaveLength(2);
  });

  it("loses nothing when a callback throws; the errors are reported", () => {
    const errors = reports();
    const channel = new FakeChannel();
    const presence = new Presence(channel);
    const sync = spy();
    presence.onJoin((key) => {
      throw new Error(`no ${key}`);
    });
    presence.onSync(sync);
    channel.receive("presence_state", first);
    expect(Object.keys(presence.state)).toEqual(["u1", "u2"]);
    expect(sync).toHaveBeenCalledTimes(1);
    expect(errors).toEqual([new Error("no u1"), new Error("no u2")]);
  });
});

describe("a state that a program keeps itself", () => {
  it("is synced by the static functions, with callbacks as arguments", () => {
    const onJoin = spy();
    const onLeave = spy();
    const onUpdate = spy();
    const state = Presence.syncState({}, first, onJoin, onLeave, onUpdate);
    const diff = {
      joins: { u1: { metas: [{ id: 1, phx_ref: "1.1", phx_ref_prev: "1" }] } },
      leaves: { u1: entry("1"), u2: entry("2") },
    };
    expect(Presence.syncDiff(state, diff, onJoin, onLeave, onUpdate)).toEqual(diff.joins);
    expect([onJoin, onLeave, onUpdate].map(({ mock }) => mock.calls.length)).toEqual([2, 1, 1]);
    expect(state).toEqual(first);
  });

  it("is listed whole", () => {
    expect(Presence.list(first)).toEqual([first.u1, first.u2]);
  });

  it("is listed by a function of key and entry", () => {
    expect(Presence.list(first, (key, { metas }) => `${key}:${metas[0]?.phx_ref}`)).toEqual(["u1:1", "u2:2"]);
  });
});
