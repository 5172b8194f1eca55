/** A broadcaster beside endpoints, over an engine that the test can break. */
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import {
  createBroadcaster,
  defineChannel,
  definePresence,
  defineSocket,
  localAdapter,
  ok,
  PubSub,
} from "../../src/index.ts";
import type { Broadcaster, BroadcasterOptions, PubSubAdapter } from "../../src/index.ts";
import { engineAdapter } from "../../src/pubsub/remote/engine-adapter.ts";
import type { EngineOptions } from "../../src/pubsub/remote/engine-adapter.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { serve } from "../integration/serve.ts";
import { observe } from "../integration/telemetry.ts";
import { Hub } from "./hub.ts";

const commands: unknown[] = [];
const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { n: number } }>()
  .commands<{ kicked: { id: number } }>()
  .join(() => ok())
  .handleCommand("kicked", (ctx, payload) => void commands.push([ctx.topic, payload]));
const userSocket = defineSocket({ connect: () => ok(), id: () => "user_socket:7", channels: [room] });

afterEach(() => void commands.splice(0));

function setUp(options: EngineOptions = {}) {
  const hub = new Hub();
  const adapter = (nodeName: string): PubSubAdapter => engineAdapter("hub", hub.engine(), { nodeName, ...options });
  const node = async (nodeName: string) => {
    const presence = definePresence();
    const served = await serve({ "/socket": userSocket }, { pubsub: adapter(nodeName), presence: [presence] });
    const client = await FrameClient.open(served.url());
    await client.join("room:1");
    return { ...served, client };
  };
  const broadcaster = (given: Partial<BroadcasterOptions> = {}) => {
    const one = createBroadcaster<typeof userSocket>({ pubsub: adapter("worker"), logger: false, ...given });
    onTestFinished(() => void one.close({ timeout: 1 }));
    return one;
  };
  return { hub, node, broadcaster };
}

const said = (n: number) => [null, null, "room:1", "new_msg", { n }];

describe("a broadcaster", () => {
  it("reaches the clients of all endpoints, in order, with what is sent before it is connected", async () => {
    const { node, broadcaster } = setUp();
    const nodes = [await node("a"), await node("b"), await node("c")];
    const one = broadcaster();
    for (let n = 0; n < 3; n++) one.broadcast("room:1", "new_msg", { n });
    await one.ready();
    one.broadcast("room:1", "new_msg", { n: 3 });
    for (const { client } of nodes) {
      for (let n = 0; n < 4; n++) expect(await client.next()).toEqual(said(n));
    }
    await vi.waitFor(() => expect([...one.nodes].sort()).toEqual(["a", "b", "c"]));
    expect(await one.close()).toEqual({ nodes: expect.arrayContaining(["a", "b", "c"]), lost: 0 });
  });

  it("sends commands to channels, and disconnects ids", async () => {
    const { node, broadcaster } = setUp();
    const { client, endpoint } = await node("a");
    const one = broadcaster();
    one.command("room:1", "kicked", { id: 7 });
    await vi.waitFor(() => expect(commands).toEqual([["room:1", { id: 7 }]]));
    one.disconnect("user_socket:7");
    expect(await client.closed).toMatchObject({ code: 1001 });
    await vi.waitFor(() => expect(endpoint.connections).toBe(0));
  });

  it("hears what endpoints send each other, and reports none of it", async () => {
    const { node, broadcaster } = setUp();
    const failures = observe("pubsub.delivery_failed");
    const [a] = [await node("a"), await node("b")];
    const one = broadcaster();
    await one.ready();
    a.endpoint.broadcast("room:1", "new_msg", { n: 1 });
    a.endpoint.command("room:1", "kicked", { id: 1 });
    a.endpoint.disconnect("user_socket:8");
    await vi.waitFor(() => expect(commands).toHaveLength(2));
    expect(failures.rest).toEqual([]);
  });

  it("throws at once for a payload that cannot be sent, and when it is closed", async () => {
    const { broadcaster } = setUp();
    const one = broadcaster();
    expect(() => one.broadcastUnchecked("room:1", "e", [])).toThrow("payload");
    await one.close();
    const closed = /the broadcaster is closed: create a new one/;
    expect(() => one.broadcast("room:1", "new_msg", { n: 1 })).toThrow(closed);
    expect(() => one.command("room:1", "kicked", { id: 1 })).toThrow(closed);
    expect(() => one.disconnect("user_socket:7")).toThrow(closed);
    await expect(one.ready()).rejects.toThrow(closed);
    expect(await one.close()).toEqual({ nodes: [], lost: 0 });
  });
});

describe("a broadcaster that reaches nobody", () => {
  it("says so, and what to do: no endpoint is there", async () => {
    const { broadcaster, node } = setUp();
    const alone = observe("broadcaster.alone");
    const one = broadcaster();
    const other = broadcaster({ pubsub: engineAdapter("hub", new Hub().engine(), { nodeName: "elsewhere" }) });
    await expect(one.ready({ timeout: 50 })).rejects.toMatchObject({
      code: "WB_UNREACHABLE",
      message:
        "the broadcaster reaches nobody: no endpoint answers; start one with the same adapter, engine, namespace and secret.",
    });
    one.broadcast("room:1", "new_msg", { n: 1 });
    expect(await other.close({ timeout: 50 })).toEqual({ nodes: [], lost: 0 });
    expect(alone.rest).toMatchObject([
      { endpoint: other, adapter: "hub", reason: expect.stringContaining("no endpoint") },
    ]);
    // It finds one that comes later.
    const waiting = one.ready();
    await node("late");
    await waiting;
    expect(one.nodes).toEqual(["late"]);
  });

  it("says so: the engine is away. What is sent waits, and is delivered when it is back", async () => {
    const { hub, broadcaster, node } = setUp();
    const { client } = await node("a");
    hub.stop();
    const one = broadcaster();
    one.broadcast("room:1", "new_msg", { n: 1 });
    await expect(one.ready({ timeout: 50 })).rejects.toThrow(
      "reaches nobody: the engine is away (the hub is away); it is tried again and again, and 1 messages wait for it.",
    );
    expect(one.pubsub.status()).toMatchObject({ state: "down", queued: 1 });
    hub.start();
    await one.ready();
    expect(await client.next()).toEqual(said(1));
    expect(await one.close()).toEqual({ nodes: ["a"], lost: 0 });
  });

  it("forgets the endpoints when the engine goes away", async () => {
    const { hub, broadcaster, node } = setUp();
    await node("a");
    const one = broadcaster();
    await one.ready();
    hub.stop();
    expect(one.nodes).toEqual([]);
    hub.start();
    await one.ready();
    expect(one.nodes).toEqual(["a"]);
  });

  it("is told after 5 s, once", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { hub, broadcaster } = setUp();
    const alone = observe("broadcaster.alone");
    const one = broadcaster();
    await vi.advanceTimersByTimeAsync(4_900);
    expect(alone.rest).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(alone.rest).toHaveLength(1);
    expect(hub.sent.length).toBeGreaterThan(5);
    const closing = one.close();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await closing).toEqual({ nodes: [], lost: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("refuses a signature that endpoints do not know, and says that nobody answers", async () => {
    const { hub, node, broadcaster } = setUp({ secret: "a secret of twenty bytes or more" });
    await node("a");
    const pubsub = engineAdapter("hub", hub.engine(), { nodeName: "worker", secret: "another secret of many bytes" });
    await expect(broadcaster({ pubsub }).ready({ timeout: 100 })).rejects.toThrow("namespace and secret");
    await broadcaster().ready();
  });

  it.each<[what: string, options: object, message: string]>([
    ["no adapter", {}, "createBroadcaster.pubsub is missing: pass the adapter of your endpoints"],
    ["the local adapter", { pubsub: localAdapter() }, "is the local adapter, which reaches no other process"],
    ["an unknown option", { pubsub: localAdapter(), sockets: {} }, 'has no option "sockets"'],
  ])("cannot be made with %s", (_what, options, message) => {
    expect(() => createBroadcaster(options as BroadcasterOptions)).toThrow(message);
  });

  it("says why, when its adapter cannot start", async () => {
    const pubsub: PubSubAdapter = {
      ...localAdapter(),
      status: () => ({ adapter: "custom", state: "up", since: 0, queued: 0, lost: 0, missed: 0 }),
      start: () => Promise.reject(new Error("no route")),
    };
    const { broadcaster } = setUp();
    await expect(broadcaster({ pubsub }).ready({ timeout: 50 })).rejects.toThrow(
      "reaches nobody: the adapter cannot start: Error: no route",
    );
  });
});

describe("close", () => {
  const send = (one: Broadcaster, count: number): void => {
    for (let n = 0; n < count; n++) one.broadcastUnchecked("room:1", "new_msg", { n });
  };

  it("waits until the engine has all that was sent", async () => {
    const { broadcaster, node } = setUp();
    const { client } = await node("a");
    const one = broadcaster();
    send(one, 500);
    expect(await one.close()).toEqual({ nodes: ["a"], lost: 0 });
    for (let n = 0; n < 500; n++) expect(await client.next()).toEqual(said(n));
  });

  it("waits for an engine that comes back in time", async () => {
    const { hub, broadcaster, node } = setUp();
    const { client } = await node("a");
    hub.stop();
    const one = broadcaster();
    send(one, 3);
    const closing = one.close({ timeout: 60_000 });
    hub.start();
    expect(await closing).toMatchObject({ lost: 0 });
    for (let n = 0; n < 3; n++) expect(await client.next()).toEqual(said(n));
  });

  it("says how much was lost when it does not", async () => {
    const { hub, broadcaster } = setUp();
    const lost = observe("pubsub.lost");
    hub.stop();
    const one = broadcaster();
    send(one, 7);
    expect(await one.close({ timeout: 20 })).toEqual({ nodes: [], lost: 7 });
    expect(lost.rest).toMatchObject([{ count: 7, reason: "stopped", nodeName: "worker" }]);
  });

  it("counts what an engine does not confirm, although it may have arrived", async () => {
    const { hub, broadcaster, node } = setUp();
    await node("a");
    const one = broadcaster();
    await one.ready();
    hub.isSilent = true;
    send(one, 5);
    // A question for endpoints may be among them, when it has asked again before the answer came.
    const { nodes, lost } = await one.close({ timeout: 20 });
    expect({ nodes, isCounted: lost === 5 || lost === 6 }).toEqual({ nodes: ["a"], isCounted: true });
  });
});

it("PubSub flushes at once over an adapter that cannot", async () => {
  const { flush: _flush, ...adapter } = localAdapter() as PubSubAdapter;
  await new PubSub({ adapter }).flush(60_000);
});
