/** What an application can ask for, beside `fetch`: handleMetas, grace, counts, limits. */
import { describe, expect, it, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { definePresence } from "../../src/presence.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { serve } from "../integration/serve.ts";
import { observe } from "../integration/telemetry.ts";
import { local, socketOf, SOON, startNode, told, TOPIC } from "./room.ts";
import type { Meta } from "./room.ts";
import { VirtualTime } from "./virtual-time.ts";

const REF = expect.any(String) as string;

describe("handleMetas", () => {
  it("is told every diff, after clients are, with all presences as they are", async () => {
    const calls: unknown[] = [];
    const presence = definePresence<Meta>({
      handleMetas: (topic, { joins, leaves }, presences) => {
        calls.push([topic, Object.keys(joins), Object.keys(leaves), Object.keys(presences), heard.length]);
      },
    });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    presence.track(endpoint, TOPIC, "bob", {});
    presence.update(endpoint, TOPIC, "bob", { n: 1 });
    presence.untrack(endpoint, TOPIC, "ada");
    presence.untrack(endpoint, TOPIC, "bob");
    expect(calls).toEqual([
      [TOPIC, ["ada"], [], ["ada"], 1],
      [TOPIC, ["bob"], [], ["ada", "bob"], 2],
      [TOPIC, ["bob"], ["bob"], ["ada", "bob"], 3],
      [TOPIC, [], ["ada"], ["bob"], 4],
      [TOPIC, [], ["bob"], [], 5],
    ]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("oops");
      },
    ],
    ["rejects", () => Promise.reject(new Error("oops"))],
  ])("that %s harms nobody", async (_what, handleMetas) => {
    const failures = observe("presence.callback_failed");
    const presence = definePresence<Meta>({ handleMetas });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    expect(heard).toHaveLength(1);
    expect(await failures.next()).toMatchObject({ name: "presence", topic: TOPIC, error: { message: "oops" } });
  });

  it("may track in its turn", () => {
    const presence = definePresence<Meta>({
      handleMetas: (topic, { joins }, _presences, node) => {
        if ("ada" in joins) presence.track(node, topic, "bot", {});
      },
    });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    expect(Object.keys(presence.list(endpoint, TOPIC))).toEqual(["ada", "bot"]);
    expect(heard).toHaveLength(2);
  });
});

describe("a grace period", () => {
  it("keeps who lost the connection, and makes a return an update", async () => {
    const time = new VirtualTime();
    const { url, presence, endpoint } = await startNode({ gracePeriod: 5_000, timing: time });
    const [ada, bob] = [await FrameClient.open(url), await FrameClient.open(url)];
    await bob.join(TOPIC, { state: false });
    await ada.join(TOPIC, { key: "ada", meta: { n: 1 } });
    await told(bob);
    ada.socket.terminate();
    await vi.waitFor(() => expect(endpoint.connections).toBe(1), SOON);
    time.pass(4_000);
    expect(presence.count(endpoint, TOPIC)).toBe(1);

    const again = await FrameClient.open(url);
    await again.join(TOPIC, { key: "ada", meta: { n: 2 } });
    const first = expect.objectContaining({ n: 1 }) as object;
    const second = expect.objectContaining({ n: 2, phx_ref_prev: REF }) as object;
    expect((await told(bob)).payload).toEqual({
      joins: { ada: { metas: [second] } },
      leaves: { ada: { metas: [first] } },
    });
    time.pass(10_000);
    expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas).toEqual([second]);
  });

  it("is for each device: two that were lost and come back are two", async () => {
    const time = new VirtualTime();
    const { url, presence, endpoint } = await startNode({ gracePeriod: 5_000, timing: time });
    const lost = [await FrameClient.open(url), await FrameClient.open(url)];
    for (const client of lost) await client.join(TOPIC, { key: "ada" });
    for (const client of lost) client.socket.terminate();
    await vi.waitFor(() => expect(endpoint.connections).toBe(0), SOON);
    for (let device = 0; device < 3; device++) {
      await (await FrameClient.open(url)).join(TOPIC, { key: "ada", meta: { n: device } });
    }
    await vi.waitFor(() => expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas).toHaveLength(3), SOON);
    const previous = presence.getByKey(endpoint, TOPIC, "ada")?.metas.map((meta) => meta.phx_ref_prev !== undefined);
    expect(previous).toEqual([true, true, false]);
  });

  it("ends: who does not come back is gone", async () => {
    const time = new VirtualTime();
    const { url, presence, endpoint } = await startNode({ gracePeriod: 5_000, timing: time });
    const ada = await FrameClient.open(url);
    await ada.join(TOPIC, { key: "ada" });
    ada.socket.terminate();
    await vi.waitFor(() => expect(endpoint.connections).toBe(0), SOON);
    time.pass(4_999);
    expect(presence.count(endpoint, TOPIC)).toBe(1);
    time.pass(1);
    expect(presence.count(endpoint, TOPIC)).toBe(0);
  });

  it("is not for who leaves", async () => {
    const { url, presence, endpoint } = await startNode({ gracePeriod: 5_000 });
    const ada = await FrameClient.open(url);
    await ada.join(TOPIC, { key: "ada" });
    ada.send("1", "2", TOPIC, "phx_leave", {});
    await ada.settled();
    expect(presence.count(endpoint, TOPIC)).toBe(0);
  });

  it("covers a second join, and a crash", async () => {
    const { url, presence, endpoint } = await startNode({ gracePeriod: 5_000 });
    const ada = await FrameClient.open(url);
    await ada.join(TOPIC, { key: "ada", meta: { n: 1 } });
    ada.send("2", "2", TOPIC, "phx_join", { key: "ada", meta: { n: 2 } });
    await ada.settled();
    ada.send("2", "3", TOPIC, "crash", {});
    await ada.settled();
    expect(presence.getByKey(endpoint, TOPIC, "ada")?.metas).toMatchObject([{ n: 2, phx_ref_prev: REF }]);
  });
});

describe("count only", () => {
  it("tells how many there are, at most once in a second", async () => {
    const time = new VirtualTime();
    const { url, presence, endpoint } = await startNode({ countOnly: (topic) => topic === TOPIC, timing: time });
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { key: "ada" });
    expect(await told(client)).toEqual({ event: "presence_count", payload: { count: 1 } });
    expect(await told(client)).toEqual({ event: "presence_count", payload: { count: 1 } });
    for (let n = 0; n < 100; n++) presence.track(endpoint, TOPIC, `user ${n}`, {});
    time.pass(999);
    await client.settled();
    expect(client.inbox.rest).toEqual([]);
    time.pass(1);
    expect(await told(client)).toEqual({ event: "presence_count", payload: { count: 101 } });
    time.pass(5_000);
    presence.untrack(endpoint, TOPIC, "user 1");
    expect(await told(client)).toEqual({ event: "presence_count", payload: { count: 100 } });
    expect(Object.keys(presence.list(endpoint, TOPIC))).toHaveLength(100);
  });

  it("leaves other topics alone", () => {
    const presence = definePresence<Meta>({ countOnly: (topic) => topic !== TOPIC });
    const { endpoint, heard } = local(presence);
    presence.track(endpoint, TOPIC, "ada", {});
    expect(heard.map(({ event }) => event)).toEqual(["presence_diff"]);
  });
});

describe("limits", () => {
  it("of presences: a channel has so many, an endpoint any number", async () => {
    const crashes = observe("channel.crashed");
    const { url, presence, endpoint } = await startNode({ maxPresences: 2 });
    const client = await FrameClient.open(url);
    await client.join(TOPIC, { state: false });
    for (const key of ["a", "b", "c"]) client.send("1", "2", TOPIC, "track", { key });
    expect((await crashes.next()).error).toMatchObject({ code: "WB_PRESENCE_LIMIT" });
    for (const key of ["a", "b", "c"]) presence.track(endpoint, TOPIC, key, {});
  });

  it("of keys: refuses one of more than 1,024 characters", () => {
    const presence = definePresence<Meta>();
    const { endpoint } = local(presence);
    presence.track(endpoint, TOPIC, "x".repeat(1_024), {});
    expect(() => presence.track(endpoint, TOPIC, "x".repeat(1_025), {})).toThrow(
      "has 1025 characters, the limit is 1024",
    );
  });

  it("of bytes: metas count against the bytesPerSecond of their client", async () => {
    const presence = definePresence<Meta>();
    const room = defineChannel("room")
      .join((ctx) => {
        presence.track(ctx, "me", {});
        return ok();
      })
      .handleIn("change", (ctx) => {
        presence.update(ctx, "me", () => ({ device: "x".repeat(16_000) }));
        return ok();
      });
    const socket = defineSocket({ connect: () => ok(), channels: [room], bytesPerSecond: 100_000 });
    const { url } = await serve({ "/socket": socket }, { presence: [presence] });
    const throttled = observe("socket.throttled");
    const client = await FrameClient.open(url());
    await client.join("room");
    for (let n = 0; n < 10; n++) client.send("1", `${n}`, "room", "change", {});
    expect(await throttled.next()).toMatchObject({ bytesPerSecond: 100_000 });
  });

  it("counts what is untracked no more", () => {
    const presence = definePresence<Meta>({ maxPresences: 1 });
    const { endpoint } = local(presence);
    const ctx = { topic: TOPIC, endpoint, afterJoin: (task: () => void) => task(), onEnd: () => {} };
    presence.track(ctx, "a", {});
    expect(() => presence.track(ctx, "b", {})).toThrow("one channel may track 1 presences (maxPresences)");
    presence.untrack(ctx, "a");
    presence.track(ctx, "b", {});
    presence.untrack(ctx);
    presence.track(ctx, "c", {});
    expect(Object.keys(presence.list(ctx))).toEqual(["c"]);
  });

  it.each([
    ["too long", { device: "x".repeat(90) }, "has 103 characters, the limit is 100 (maxMetaSize)"],
    ["a list", [], "must be an object that JSON can carry"],
    ["null", null, "must be an object that JSON can carry"],
    ["a text", "text", "must be an object that JSON can carry"],
    ["no JSON", { n: 1n }, "must be an object that JSON can carry"],
    ["a Date", new Date(), "must be an object that JSON can carry"],
  ])("of metas: refuses one that is %s", (_what, meta, message) => {
    const presence = definePresence<Meta>({ maxMetaSize: 100 });
    const { endpoint } = local(presence);
    expect(() => presence.track(endpoint, TOPIC, "ada", meta as never)).toThrow(message);
    presence.track(endpoint, TOPIC, "bob", {});
    expect(() => presence.update(endpoint, TOPIC, "bob", () => meta as never)).toThrow(message);
  });
});

describe("definePresence", () => {
  it("copies metas, and gives them out read-only", () => {
    const presence = definePresence<{ n: number; list: number[] }>();
    const { endpoint } = local(presence);
    const meta = { n: 1, list: [1] };
    presence.track(endpoint, TOPIC, "ada", meta);
    meta.n = 2;
    meta.list.push(2);
    const [kept] = presence.getByKey(endpoint, TOPIC, "ada")?.metas ?? [];
    expect(kept).toEqual({ n: 1, list: [1], phx_ref: REF });
    expect(() => ((kept as { n: number }).n = 3)).toThrow(TypeError);
  });

  it("serves several endpoints of a process, apart from each other", () => {
    const presence = definePresence<Meta>();
    const [one, other] = [local(presence), local(presence)];
    presence.track(one.endpoint, TOPIC, "ada", {});
    expect(presence.count(one.endpoint, TOPIC)).toBe(1);
    expect(presence.count(other.endpoint, TOPIC)).toBe(0);
  });

  it("says what is missing when the endpoint does not have it", () => {
    const presence = definePresence<Meta>({ name: "people" });
    const { endpoint } = local(definePresence<Meta>());
    expect(() => presence.track(endpoint, TOPIC, "ada", {})).toThrow("createEndpoint({ …, presence: [people] })");
  });

  it.each([
    [{ nmae: "x" }, 'has no option "nmae"'],
    [{ gracePeriod: -1 }, "gracePeriod is -1"],
    [{ maxPresences: 0 }, "maxPresences is 0"],
    [{ fetch: {} }, "fetch must be a function"],
  ])("refuses %j", (options, message) => {
    expect(() => definePresence(options as never)).toThrow(message);
  });

  it.each([
    [{ downPeriod: 2_000 }, "downPeriod must be at least two broadcastPeriods"],
    [{ permdownPeriod: 30_000 }, "permdownPeriod must be more than downPeriod"],
    [{ name: "" }, "needs a name"],
    [{ poolSize: 0 }, "poolSize is 0"],
  ])("refuses %j when it is bound", (options, message) => {
    expect(() => local(definePresence<Meta>(options))).toThrow(message);
  });

  it("refuses two of one name", () => {
    expect(() =>
      createEndpoint({
        sockets: { "/socket": socketOf(definePresence<Meta>()) },
        presence: [definePresence<Meta>(), definePresence<Meta>()],
        logger: false,
      }),
    ).toThrow('two trackers are named "presence"');
  });
});
