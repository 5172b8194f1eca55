import { afterEach, describe, expect, it, vi } from "vitest";
import { FakeInspection } from "../../test/inspector/fake-inspection.ts";
import { testSocket } from "../testing.ts";
import type { InspectorRight, Viewer } from "./rights.ts";
import { inspectorSocket } from "./socket.ts";
import type { Desk } from "./socket.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A viewer with these rights; `renew` sets those that they have later. */
async function open(may: readonly InspectorRight[] = []) {
  const inspection = new FakeInspection();
  const acted = vi.fn<Desk["acted"]>();
  const tapped = vi.fn<Desk["tapped"]>();
  let rights = may;
  const kit = testSocket(
    inspectorSocket({
      inspection,
      node: "here",
      version: "1.2.3",
      admit: ({ authToken }) =>
        authToken === "bad"
          ? undefined
          : {
              viewer: { user: "ada", may: rights, address: "::1" } satisfies Viewer,
              expiresAt: Date.now() + 60_000,
            },
      acted,
      tapped,
    }),
  );
  closing.push(() => kit.close());
  const client = await kit.connect({}, { extensions: true });
  const renew = (later: readonly InspectorRight[]): Promise<unknown> => {
    rights = later;
    return client.refresh({});
  };
  return { inspection, acted, tapped, kit, client, renew };
}

describe("the inspector's socket", () => {
  it("answers a view at once, again after some time, and a new question at once", async () => {
    const { inspection, client } = await open();
    const view = await client.subscribeAndJoin("view:topics", { query: { sort: "rate" }, every: 1_000 });
    await view.assertPush("answer", { view: "topics", data: { asked: { sort: "rate" } } as never });
    await view.assertPush("answer", { view: "topics" }, 60_000);

    await view.assertReply(view.push("query", { topic: "room:" }), "ok");
    await view.assertPush("answer", { data: { asked: { topic: "room:" } } as never });
    expect(inspection.watchers).toBe(1);

    await view.assertReply(view.leave(), "ok");
    await view.assertTerminated("left");
    expect(inspection.watchers).toBe(0);
  });

  it("does not send the answer to a question that was replaced", async () => {
    const { inspection, client } = await open();
    let answerAll = (): void => {};
    inspection.delay = new Promise((resolve) => (answerAll = resolve));
    const view = await client.subscribeAndJoin("view:topic", { query: { topic: "old" } });
    await view.assertReply(view.push("query", { topic: "new" }), "ok");
    answerAll();
    await view.assertPush("answer", { data: { asked: { topic: "new" } } as never });
    await view.refutePush("answer");
    expect(inspection.asked).toHaveLength(2);
  });

  it.each([
    ["view:topics", { query: { sort: "name" } }],
    ["view:topics", { query: { topic: "x".repeat(1_025) } }],
    ["view:topics", { query: {}, every: 999 }],
    ["view:topics", { query: {}, every: 10_001 }],
    ["view:topics", {}],
    ["view:topics", []],
    ["view:overview", { query: { a: 1 } }],
    ["view:connection", { query: { node: "here", key: 1.5 } }],
    ["tap:1", { target: {} }],
    ["tap:1", { target: { topic: "a", id: "b" } }],
    ["tap:1", { target: { topic: "a" }, reveal: "yes" }],
    ["tap:1", { target: { constructor: "a" } }],
  ])("refuses %s with %j", async (topic, payload) => {
    const { inspection, client } = await open(["payloads"]);
    expect(await client.join(topic as never, payload as never)).toMatchObject({
      status: "error",
      response: { reason: "invalid payload" },
    });
    expect(inspection.asked).toEqual([]);
    expect(inspection.taps).toEqual([]);
  });

  it("taps without payloads for those who may only look", async () => {
    const { inspection, client, tapped } = await open();
    expect(await client.join("tap:1", { target: { topic: "room:1" }, reveal: true })).toMatchObject({
      status: "error",
      response: { reason: "not allowed" },
    });
    const tap = await client.subscribeAndJoin("tap:2", { target: { topic: "room:1" } });
    await expect.poll(() => inspection.taps).toHaveLength(1);
    expect(inspection.taps).toMatchObject([{ target: { topic: "room:1" }, reveal: false, isOver: false }]);
    expect(tapped).toHaveBeenCalledWith(expect.objectContaining({ user: "ada" }), { topic: "room:1" }, false);

    inspection.taps[0]?.receive({ frames: [], dropped: 3 });
    await tap.assertPush("frames", { dropped: 3 });
    await tap.assertReply(tap.leave(), "ok");
    await tap.assertTerminated("left");
    expect(inspection.taps[0]?.isOver).toBe(true);
  });

  it("says that a tap has ended, and closes its channel", async () => {
    const { inspection, client } = await open(["payloads"]);
    const tap = await client.subscribeAndJoin("tap:1", { target: { id: "user:1" }, reveal: true });
    await expect.poll(() => inspection.taps).toHaveLength(1);
    inspection.taps[0]?.end("time is over");
    await tap.assertPush("ended", { reason: "time is over" });
    await tap.assertTerminated("normal");
  });

  it("ends a tap with payloads when the right to them has gone", async () => {
    const { client, inspection, renew } = await open(["payloads"]);
    const tap = await client.subscribeAndJoin("tap:1", { target: { id: "user:1" }, reveal: true });
    const shapes = await client.subscribeAndJoin("tap:2", { target: { id: "user:1" } });
    await expect.poll(() => inspection.taps).toHaveLength(2);
    await renew([]);
    await tap.assertTerminated("refused");
    expect(inspection.taps.map(({ isOver }) => isOver)).toEqual([true, false]);
    await shapes.assertReply(shapes.leave(), "ok");
  });

  it("acts for those who may, and records it", async () => {
    const { client, inspection, acted } = await open(["disconnect"]);
    const { response } = await client.join("actions");
    expect(response).toEqual({ node: "here", version: "1.2.3", user: "ada", may: ["disconnect"] });
    const actions = await client.subscribeAndJoin("actions");
    const action = { action: "disconnect_id", id: "user:1" } as const;
    await actions.assertReply(actions.push("act", action), "ok", { found: true });
    inspection.found = false;
    await actions.assertReply(actions.push("act", action), "ok", { found: false });
    expect(acted.mock.calls.map((call) => call.slice(1))).toEqual([
      [action, "done"],
      [action, "nothing found"],
    ]);
  });

  it("does not act for others, and records that, too", async () => {
    const { client, inspection, acted, renew } = await open(["disconnect"]);
    const actions = await client.subscribeAndJoin("actions");
    await renew(["payloads"]);
    const action = { action: "disconnect", connection: { node: "here", key: 1 } } as const;
    await actions.assertReply(actions.push("act", action), "error", { reason: "not allowed" });
    await actions.assertReply(actions.push("act", { action: "drain" } as never), "error", {
      reason: "invalid payload" as never,
    });
    expect(inspection.actions).toEqual([]);
    expect(acted.mock.calls.map((call) => call.slice(1))).toEqual([[action, "not allowed"]]);
  });

  it("lets nobody in without a ticket", async () => {
    const { kit } = await open();
    expect(await kit.assertRefused({}, { authToken: "bad" })).toMatchObject({ status: 403 });
  });
});
