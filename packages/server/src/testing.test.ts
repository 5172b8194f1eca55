import { afterEach, describe, expect, expectTypeOf, it, onTestFinished } from "vitest";
import { z } from "zod";
import { createEndpoint, defineChannel, defineSocket, ok, refuse, reply, stop, WingbeatError } from "./index.ts";
import type { SocketDefinition } from "./index.ts";
import { testSocket } from "./testing.ts";
import type { TestKit } from "./testing.ts";

const boom = new Error("boom");

const room = defineChannel("room:{id}")
  .assigns<{ user: string }>()
  .pushes<{ shout: { body: string; tags?: string[] }; secret: { body: string }; file: Uint8Array }>()
  .join(z.object({ as: z.string().optional() }), (ctx, { as }) =>
    as === "nobody" ? refuse({ reason: "unauthorized" }) : ok({ room: ctx.params.id, user: ctx.assigns.user }),
  )
  .handleIn("shout", z.object({ body: z.string() }), (ctx, payload) => {
    ctx.broadcast("shout", payload);
    return ok();
  })
  .handleIn("whisper", z.object({ body: z.string() }), (ctx, payload) => ctx.broadcastFrom("shout", payload))
  .handleIn("push_twice", (ctx) => {
    ctx.push("shout", { body: "one", tags: ["a"] });
    ctx.push("shout", { body: "two", tags: ["a", "b"] });
  })
  .handleIn("count", () => reply("counted", { count: 7 }))
  .handleIn("bytes", (ctx) => {
    ctx.push("file", new Uint8Array([1, 2]));
    return ok(new Uint8Array([3]));
  })
  .handleIn("silent", () => {})
  .handleIn("crash", () => {
    throw boom;
  })
  .handleIn("stop", () => stop())
  .handleOut("secret", (ctx, payload) => {
    if (ctx.assigns.user === "root") ctx.push("secret", payload);
  });

const userSocket = defineSocket({
  connect: (params, info) => {
    if (params["token"] === "crash") throw boom;
    if (params["token"] === "busy") return refuse("rate_limit");
    if (params["token"] === undefined) return refuse();
    return ok({
      user: String(params["token"]),
      agent: info.userAgent,
      address: info.peer.address,
      authToken: info.authToken,
    });
  },
  id: ({ user }) => `user:${user}`,
  channels: [room],
});

/** The failure of an assertion: its message, and its cause. */
async function failureOf(assertion: Promise<unknown>): Promise<WingbeatError> {
  const outcome = await assertion.then(
    () => "it held",
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(WingbeatError);
  expect(outcome).toMatchObject({ code: "WB_ASSERTION" });
  return outcome as WingbeatError;
}

let kit = testSocket(userSocket, { timeout: 20 });
afterEach(async () => {
  await kit.close();
  kit = testSocket(userSocket, { timeout: 20 });
});

const join = () => kit.socket({ user: "ann" }, "user:ann").subscribeAndJoin("room:1");

describe("connect", () => {
  it("runs connect and id with params as they come over the network", async () => {
    const client = await kit.connect({ token: 7, nested: { list: ["ü", "&="] } });
    expect(client.id).toBe("user:7");
    expect(client.assigns).toMatchObject({ user: "7" });
  });

  it("passes nested params on", async () => {
    const echo = defineSocket({ connect: (params) => ok({ params }), channels: [room as never] });
    const own = testSocket(echo);
    const params = { a: { b: { c: "1" } }, list: ["ü", "&="], none: undefined };
    const client = await own.connect(params);
    expect(client.assigns["params"]).toEqual({ vsn: "2.0.0", a: { b: { c: "1" } }, list: ["ü", "&="] });
    await own.close();
  });

  it("tells connect where the client is", async () => {
    const from = {
      headers: { "user-agent": "test" },
      peer: { address: "10.0.0.1", port: 1 },
      authToken: "tökén",
    };
    const client = await kit.connect({ token: "ann" }, from);
    expect(client.assigns).toMatchObject({ agent: "test", address: "10.0.0.1", authToken: "tökén" });
  });

  it("rejects when connect refuses, and says with what", async () => {
    const refused = await failureOf(kit.connect({ token: "busy" }));
    expect(refused.message).toBe("connect: refused by connect with HTTP status 403: 'rate_limit'.");
    expect((await failureOf(kit.connect())).message).toBe("connect: refused by connect with HTTP status 403.");
  });

  it("rejects when connect crashes, with its error as cause", async () => {
    expect((await failureOf(kit.connect({ token: "crash" }))).cause).toBe(boom);
  });

  it("has assertRefused for clients that must be turned away", async () => {
    expect(await kit.assertRefused()).toEqual({ status: 403, reason: undefined, error: undefined });
    expect(await kit.assertRefused({ token: "busy" })).toMatchObject({ status: 403, reason: "rate_limit" });
    expect(await kit.assertRefused({ token: "crash" })).toMatchObject({ status: 500, error: boom });
    expect(await kit.assertRefused({ token: "ann" }, { headers: { origin: "https://evil.example" } })).toMatchObject({
      status: 403,
      reason: "https://evil.example",
    });
    expect((await failureOf(kit.assertRefused({ token: "ann" }))).message).toContain("accepted the client");
  });

  it("honours the options of a mount", async () => {
    const own = testSocket({
      socket: userSocket,
      websocket: { errorHandler: () => ({ status: 429, body: "slow down" }) },
    });
    expect(await own.assertRefused({ token: "busy" })).toMatchObject({ status: 429, reason: "rate_limit" });
    await own.close();
  });

  it("has socket() for clients without connect", () => {
    const client = kit.socket({ user: "ann" });
    expect([client.id, client.assigns]).toEqual([null, { user: "ann" }]);
  });
});

describe("join", () => {
  it("gives the answer, accepted or refused", async () => {
    const client = kit.socket({ user: "ann" });
    const answer = await client.join("room:1", { as: "ann" });
    expect(answer).toMatchObject({ status: "ok", response: { room: "1", user: "ann" }, channel: { topic: "room:1" } });
    const refused = await client.join("room:2", { as: "nobody" });
    expect(refused).toEqual({ status: "error", response: { reason: "unauthorized" }, error: undefined });
    expect(await client.join("nowhere" as never)).toMatchObject({ response: { reason: "unmatched topic" } });
  });

  it("gives the channel through subscribeAndJoin, with the response", async () => {
    expect((await join()).response).toEqual({ room: "1", user: "ann" });
  });

  it("rejects in subscribeAndJoin when the join is refused, and subscribes to nothing", async () => {
    const client = kit.socket({ user: "ann" });
    const failure = await failureOf(client.subscribeAndJoin("room:1", { as: "nobody" }));
    expect(failure.message).toBe(`subscribeAndJoin("room:1"): the join was refused with { reason: 'unauthorized' }.`);
    expect(kit.endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });
});

describe("assertions on replies", () => {
  it("hold for status and part of the response, and give it", async () => {
    const channel = await join();
    expect(await channel.assertReply(channel.push("count"), "counted")).toEqual({ count: 7 });
    expect(await channel.assertReply(channel.push("count"), "counted", { count: (n) => n > 6 })).toEqual({ count: 7 });
    await channel.assertReply(channel.push("count"), "counted", { count: expect.any(Number) });
    expect(await channel.assertReply(channel.push("bytes"), "ok", new Uint8Array([3]))).toEqual(new Uint8Array([3]));
  });

  it("casts without a ref", async () => {
    const channel = await kit.socket({ user: "ada" }).subscribeAndJoin("room:1");
    channel.cast("whisper", { body: "psst" });
    await channel.assertBroadcast("shout", { body: "psst" });
  });

  it("wait for the reply to their own push", async () => {
    const channel = await join();
    const [first, second] = [channel.push("count"), channel.push("silent")];
    await channel.refuteReply(second);
    await channel.assertReply(first, "counted");
  });

  it("say what arrived instead", async () => {
    const channel = await join();
    const ref = channel.push("count");
    const failure = await failureOf(channel.assertReply(ref, "counted", { count: 8 }));
    expect(failure.message).toBe(
      [
        'assertReply(2, "counted") on "room:1": nothing that matches arrived within 20 ms.',
        "  expected  reply to 2: counted { count: 8 }",
        "  arrived   reply to 2: counted { count: 7 }",
        "              response.count: expected 8, got 7",
      ].join("\n"),
    );
    expect((await failureOf(channel.assertReply(ref, "error"))).message).toContain(
      "status: expected 'error', got 'counted'",
    );
    const refuted = await failureOf(channel.refuteReply(ref));
    expect(refuted.message).toContain(
      "it arrived.\n  expected  no reply to 2\n  arrived   reply to 2: counted { count: 7 }",
    );
  });
});

describe("assertions on pushes", () => {
  it("take each message once, in any order", async () => {
    const channel = await join();
    channel.push("push_twice");
    expect(await channel.assertPush("shout", { body: "two" })).toEqual({ body: "two", tags: ["a", "b"] });
    await channel.assertPush("shout", { body: "one" });
    expect((await failureOf(channel.assertPush("shout"))).message).toContain("arrived   nothing");
  });

  it("match nested parts, predicates, lists and bytes", async () => {
    const channel = await join();
    channel.push("push_twice");
    await channel.assertPush("shout", { tags: ["a", (tag) => tag === "b"] });
    await channel.assertPush("shout", (payload) => payload.tags?.length === 1);
    channel.push("bytes");
    await channel.assertPush("file", new Uint8Array([1, 2]));
    channel.push("bytes");
    const failure = await failureOf(channel.assertPush("file", new Uint8Array([1, 3])));
    expect(failure.message).toContain("payload: expected Uint8Array(2) [ 1, 3 ], got");
    channel.push("push_twice");
    const lists = await failureOf(channel.assertPush("shout", { tags: ["a", "c"] }));
    expect(lists.message).toContain("tags[1]: expected 'c', got 'b'");
    expect(lists.message).toContain("tags: expected [ 'a', 'c' ], got [ 'a' ]");
  });

  it("are refuted by what has come, and by what comes", async () => {
    const channel = await join();
    channel.push("push_twice");
    await channel.refutePush("shout", { body: "three" });
    expect((await failureOf(channel.refutePush("shout", { body: "one" }))).message).toContain("it arrived.");
    const later = channel.refutePush("secret", undefined, 5_000);
    kit.endpoint.broadcast("room:1", "secret", { body: "for root" });
    const rooted = await kit.socket({ user: "root" }).subscribeAndJoin("room:1");
    const seen = failureOf(rooted.refutePush("secret", undefined, 5_000));
    kit.endpoint.broadcast("room:1", "secret", { body: "for root" });
    expect((await seen).message).toContain("push secret { body: 'for root' }");
    channel.push("crash");
    expect((await failureOf(later)).cause).toBe(boom);
  });
});

describe("assertions on broadcasts", () => {
  it("see the broadcasts of the topic, also intercepted ones, beside what the client gets", async () => {
    const channel = await join();
    channel.push("shout", { body: "hi" });
    await channel.assertBroadcast("shout", { body: "hi" });
    await channel.assertPush("shout", { body: "hi" });
    channel.push("whisper", { body: "psst" });
    await channel.assertBroadcast("shout", { body: "psst" });
    await channel.refutePush("shout");
    kit.endpoint.broadcast("room:1", "secret", { body: "s" });
    await channel.assertBroadcast("secret");
    await channel.refuteBroadcast("secret");
    await channel.refutePush("secret");
  });

  it("do not see what the test itself broadcasts", async () => {
    const channel = await join();
    channel.broadcastFrom("shout", { body: "from the test" });
    await channel.assertPush("shout", { body: "from the test" });
    await channel.refuteBroadcast("shout");
  });

  it("say what arrived instead, and what must be done first", async () => {
    const channel = await join();
    channel.push("shout", { body: "hi" });
    const failure = await failureOf(channel.assertBroadcast("shout", { body: "ho" }));
    expect(failure.message).toContain("broadcast shout { body: 'hi' }\n              body: expected 'ho', got 'hi'");
    expect((await failureOf(channel.refuteBroadcast("shout"))).message).toContain("no broadcast shout");
    const answer = await kit.socket({ user: "bob" }).join("room:1");
    if (answer.status !== "ok") throw new Error("refused");
    expect((await failureOf(answer.channel.assertBroadcast("shout"))).message).toContain(
      "Join it with subscribeAndJoin",
    );
  });
});

describe("a crash", () => {
  it("fails the assertion that waits, with the error as cause, without waiting for its time", async () => {
    const channel = await join();
    channel.push("crash");
    const failure = await failureOf(channel.assertPush("shout", {}, 60_000));
    expect(failure.cause).toBe(boom);
    expect(failure.message).toContain("the channel crashed.");
    expect(failure.message).toContain("note      the channel has ended: crashed");
  });

  it("fails assertions that begin after it, too, until the test has seen it", async () => {
    const channel = await join();
    const ref = channel.push("crash");
    const failure = await failureOf(channel.assertReply(ref, "error", undefined, 60_000));
    expect(failure.cause).toBe(boom);
    expect((await failureOf(channel.refuteBroadcast("shout", undefined, 60_000))).cause).toBe(boom);
    await channel.assertPush("phx_error", { reason: "channel_crash" });
    await channel.refutePush("shout");
  });

  it("can be expected", async () => {
    const channel = await join();
    channel.push("crash");
    expect(await channel.assertTerminated("crashed")).toEqual({ reason: "crashed", error: boom });
    await channel.refuteBroadcast("shout");
  });

  it("leaves other channels of the kit alone", async () => {
    const client = kit.socket({ user: "ann" });
    const [one, two] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    const same = await kit.socket({ user: "bob" }).subscribeAndJoin("room:1");
    one.push("crash");
    await two.refutePush("shout");
    await same.refutePush("shout");
    await one.assertTerminated("crashed");
  });
});

describe("the end of a channel", () => {
  it("is seen by leave, stop, close and disconnect", async () => {
    const client = kit.socket({ user: "ann" }, "user:ann");
    const left = await client.subscribeAndJoin("room:1");
    await left.assertReply(left.leave(), "ok", {});
    await left.assertPush("phx_close");
    expect(await left.assertTerminated()).toEqual({ reason: "left" });
    const stopped = await client.subscribeAndJoin("room:1");
    stopped.push("stop");
    expect((await failureOf(stopped.assertTerminated("left"))).message).toContain(
      "arrived   the end of the channel: normal",
    );
    await stopped.assertTerminated("normal");
    const closed = await client.subscribeAndJoin("room:1");
    closed.close();
    await closed.assertTerminated("closed");
    expect(await client.assertClosed()).toEqual({ code: 1000, reason: "" });
    const other = kit.socket({ user: "ann" }, "user:ann");
    const channel = await other.subscribeAndJoin("room:1");
    other.disconnect();
    await channel.assertTerminated("disconnected");
    await other.assertClosed(1001);
    const failure = await failureOf(channel.assertPush("shout"));
    expect(failure.message).toContain("note      the connection is closed: 1001 disconnected by the server");
    expect(() => kit.socket().disconnect()).toThrow("the client has no id");
  });

  it("leaves nothing behind when the kit is closed", async () => {
    await join();
    const { pubsub } = kit.endpoint;
    expect(pubsub.size.subscriptions).toBeGreaterThan(0);
    await kit.close();
    expect(pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });
});

describe("the kit", () => {
  it("lets nobody in when it is closed, and says so", async () => {
    const own = testSocket(userSocket);
    await own.close();
    const closed = { name: "WingbeatError", code: "WB_ENDPOINT_STATE", message: /^the test kit is closed: make one/ };
    const refusal = expect.objectContaining({ ...closed, message: expect.stringMatching(closed.message) });
    await expect(own.connect({ token: "ann" })).rejects.toEqual(refusal);
    await expect(own.assertRefused({})).rejects.toEqual(refusal);
    expect(() => own.socket({ user: "ann" })).toThrow(closed.message);
    await own.close();
  });

  it("lets nobody in whose connect was under way when it was closed", async () => {
    let decide = (): void => {};
    const decided = new Promise<void>((resolve) => (decide = resolve));
    const slow = defineSocket({ connect: async () => (await decided, ok({ user: "ann" })), channels: [room] });
    const own = testSocket(slow);
    const connecting = own.connect();
    await own.close();
    decide();
    await expect(connecting).rejects.toThrow("the test kit is closed");
  });

  it("takes the application's own endpoint", async () => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    const own = testSocket(userSocket, { endpoint });
    const channel = await own.socket({ user: "ann" }).subscribeAndJoin("room:1");
    endpoint.broadcast("room:1", "shout", { body: "from the application" });
    await channel.assertPush("shout", { body: "from the application" });
    await own.close();
    const other = testSocket(userSocket, { endpoint });
    await other.socket({ user: "ann" }).subscribeAndJoin("room:1");
    await other.close();
    await endpoint.close();
  });

  it("knows the definition's types", async () => {
    const channel = await join();
    expectTypeOf(channel.response).toEqualTypeOf<{ room: string; user: string }>();
    expectTypeOf(await channel.assertReply(channel.push("count"), "counted")).toEqualTypeOf<{ count: number }>();
    const shout = channel.assertBroadcast("shout");
    channel.push("shout", { body: "typed" });
    expectTypeOf(await shout).toEqualTypeOf<{ body: string; tags?: string[] }>();
    const ref = channel.push("no_such_event" as never, { any: "thing" });
    await channel.assertReply(ref, "error", { reason: "unknown event" });
    // @ts-expect-error: no such topic
    await kit.socket().join("lobby");
    // @ts-expect-error: no such event
    channel.push("shoot", {});
    // @ts-expect-error: no such payload
    channel.push("shout", { text: "hi" });
    // @ts-expect-error: no such status
    void channel.assertReply(channel.push("count"), "ok").catch(() => {});
    // @ts-expect-error: no such push
    await channel.refutePush("shouted", undefined, 0);
    // @ts-expect-error: no such payload
    await channel.refutePush("shout", { body: 7 }, 0);
  });

  it("works without types", async () => {
    const untyped: TestKit = testSocket(userSocket as SocketDefinition, { timeout: 20 });
    const channel = await untyped.socket({ user: "ann" }).subscribeAndJoin("room:1", { as: "ann" });
    await channel.assertReply(channel.push("shout", { body: "hi" }), "ok", {});
    await channel.assertPush("shout", { body: "hi" });
    await untyped.close();
  });
});

describe("a login that ends", () => {
  const adults = defineChannel("adults")
    .assigns<{ age: number }>()
    .join(() => ok())
    .handleIn("age", (ctx) => ok({ age: ctx.assigns.age }))
    .reauthorize((ctx) => (ctx.assigns.age < 18 ? refuse({ min: 18 }) : ok()));
  const socket = defineSocket({
    connect: ({ age }, { authToken }) =>
      authToken === "banned" ? refuse("banned") : ok({ age: Number(age) }, { expiresAt: Date.now() + 60_000 }),
    channels: [adults],
  });
  const connected = async () => {
    const own = testSocket({ socket, authToken: true });
    onTestFinished(() => own.close());
    const client = await own.connect({ age: 30 }, { extensions: true });
    return { client, channel: await client.subscribeAndJoin("adults") };
  };

  it("can be renewed: the channel gets the new assigns", async () => {
    const { client, channel } = await connected();
    expect(await client.refresh({ age: 31 })).toMatchObject({ status: "ok", response: { in: expect.any(Number) } });
    await channel.assertReply(channel.push("age"), "ok", { age: 31 });
  });

  it("can end a channel: its terminate gets the reason refused", async () => {
    const { client, channel } = await connected();
    expect(await client.refresh({ age: 17 })).toMatchObject({ status: "ok" });
    await channel.assertTerminated("refused");
  });

  it("can be refused: the connection is closed", async () => {
    const { client } = await connected();
    expect(await client.refresh({ age: 31 }, "banned")).toEqual({ status: "refused", response: "banned" });
    await client.assertClosed(4403);
  });
});
