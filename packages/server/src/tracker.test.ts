import { describe, expect, it } from "vitest";
import { VirtualTime } from "../test/presence/virtual-time.ts";
import { PubSub } from "./pubsub.ts";
import { newRef, nodeOf, Tracker } from "./tracker.ts";
import type { Changes, Entry, TrackerOptions } from "./tracker.ts";

/** A tracker alone on its node, and what it is told of its changes. */
function alone(options: Partial<TrackerOptions> = {}) {
  const changes: Changes[] = [];
  const time = new VirtualTime();
  const pubsub = new PubSub();
  const tracker = new Tracker(pubsub, { name: "t", timing: time, ...options }, (one) => changes.push(one));
  return { tracker, changes, time, pubsub };
}

const keys = (entries: readonly Entry[]): string[] => entries.map(({ key }) => key);
const owner = {};

describe("a tracker", () => {
  it("keeps what its owners track, and tells each change at once", () => {
    const { tracker, changes } = alone();
    const ref = tracker.track(owner, "a", "x", { n: 1 });
    expect([...tracker.list("a").values()].flat()).toMatchObject([{ key: "x", meta: { n: 1, phx_ref: ref } }]);
    const next = tracker.update(owner, "a", "x", { n: 2 });
    expect(tracker.getByKey("a", "x").map(({ meta }) => meta)).toEqual([{ n: 2, phx_ref: next, phx_ref_prev: ref }]);
    tracker.untrack(owner, "a", "x");
    expect(tracker.list("a").size).toBe(0);
    expect(changes.map(({ joins, leaves }) => [keys(joins), keys(leaves)])).toEqual([
      [["x"], []],
      [["x"], ["x"]],
      [[], ["x"]],
    ]);
  });

  it("has one presence for each owner, topic and key", () => {
    const { tracker } = alone();
    tracker.track(owner, "a", "x", {});
    tracker.track(owner, "a", "y", {});
    tracker.track(owner, "b", "x", {});
    tracker.track({}, "a", "x", {});
    expect(() => tracker.track(owner, "a", "x", {})).toThrow('"x" is already tracked on "a" by this channel');
    expect(() => tracker.update({}, "a", "x", {})).toThrow('"x" is not tracked on "a" by this channel');
    tracker.untrack({}, "a", "x");
    expect(tracker.getByKey("a", "x")).toHaveLength(2);
  });

  it("untracks all of several owners in one change for each shard", () => {
    const { tracker, changes } = alone();
    const other = {};
    for (const who of [owner, other]) for (const topic of ["a", "b"]) tracker.track(who, topic, "x", {});
    changes.length = 0;
    tracker.untrackAll([owner, other, {}]);
    expect(changes.map(({ leaves }) => leaves.length)).toEqual([4]);
    tracker.untrackAll([owner]);
    expect(changes).toHaveLength(1);
  });

  it("hands a presence over to another owner with no moment without it", () => {
    const { tracker, changes } = alone();
    const ref = tracker.track(owner, "a", "x", {});
    const next = {};
    tracker.takeOver(tracker.find(owner, "a", "x") as Entry, next, { n: 1 });
    expect(changes.at(-1)).toMatchObject({ joins: [{ meta: { n: 1, phx_ref_prev: ref } }], leaves: [{ key: "x" }] });
    expect(tracker.find(owner, "a", "x")).toBeUndefined();
    tracker.untrackAll([owner]);
    expect(tracker.find(next, "a", "x")).toBeDefined();
    expect(tracker.getByKey("a", "x")).toHaveLength(1);
  });

  it("knows its own node", () => {
    const { tracker, pubsub } = alone();
    expect(tracker.nodes).toEqual([pubsub.nodeName]);
    tracker.track(owner, "a", "x", {});
    expect(tracker.getByKey("a", "x").map(nodeOf)).toEqual([pubsub.nodeName]);
  });

  it("holds no timer and no subscription but while it runs, and runs once", () => {
    const { tracker, time, pubsub } = alone({ poolSize: 3 });
    tracker.track(owner, "a", "x", {});
    expect([time.alarms, pubsub.size.subscriptions]).toEqual([0, 0]);
    tracker.start();
    tracker.start();
    expect([time.alarms, pubsub.size.subscriptions]).toEqual([2, 3]);
    time.pass(10_000);
    expect(time.alarms).toBe(1);
    tracker.stop();
    tracker.start();
    tracker.track(owner, "b", "x", {});
    expect([time.alarms, pubsub.size.subscriptions]).toEqual([0, 0]);
  });

  it("leaves its name to another one when it has stopped", () => {
    const { tracker, pubsub } = alone();
    expect(() => new Tracker(pubsub, { name: "t" })).toThrow("two trackers are named");
    tracker.stop();
    const next = new Tracker(pubsub, { name: "t" });
    tracker.stop();
    expect(() => new Tracker(pubsub, { name: "t" })).toThrow("two trackers are named");
    next.stop();
  });
});

it("refs are unlike each other, and 16 characters long", () => {
  const refs = Array.from({ length: 1_000 }, newRef);
  expect(new Set(refs).size).toBe(1_000);
  for (const ref of refs) expect(ref).toMatch(/^[\w-]{16}$/);
});
