import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnyChannel } from "./channel.ts";
import { Broadcast, defineChannel, defineSocket, ok, refuse, reply, stop } from "./index.ts";
import type { ReplyRef, SocketDefinition } from "./index.ts";
import { testSocket } from "./testing.ts";
import type { TestChannel, TestClient, TestKit } from "./testing.ts";

let kit: TestKit;
afterEach(() => kit.close());

const base = defineChannel("room:*").join(() => ok());

/** A client of a socket with one channel. The tests are about behaviour: its topics and events are any. */
function clientOf(channel: AnyChannel): TestClient {
  const socket: SocketDefinition = defineSocket({ connect: () => ok(), channels: [channel as typeof base] });
  kit = testSocket(socket, { timeout: 60_000 });
  return kit.socket();
}

const joined = (channel: AnyChannel): Promise<TestChannel> => clientOf(channel).subscribeAndJoin("room:1");

describe("replies of handleIn", () => {
  it.each([
    ["ok", ok(), {}],
    ["ok", ok({ a: 1 }), { a: 1 }],
    ["ok", ok([1, [2]]), [1, [2]]],
    ["ok", ok("text"), "text"],
    ["ok", ok(null), null],
    ["error", refuse({ reason: "no" }), { reason: "no" }],
    ["error", refuse(), {}],
    ["maybe", reply("maybe", 7), 7],
    ["maybe", reply("maybe"), {}],
  ])("%s with %j", async (status, result, response) => {
    const room = await joined(base.handleIn("do", () => result).handleIn("later", async () => result));
    expect(await room.assertReply(room.push("do"), status as "ok")).toEqual(response);
    expect(await room.assertReply(room.push("later"), status as "ok")).toEqual(response);
  });

  it("nothing returned is no reply", async () => {
    const room = await joined(base.handleIn("do", () => {}).handleIn("later", async () => {}));
    await room.refuteReply(room.push("do"), 10);
    await room.refuteReply(room.push("later"), 10);
  });

  it("go out after what the handler pushed and before what comes next", async () => {
    const room = await joined(
      base.handleIn("do", async (ctx) => {
        ctx.push("first", {});
        await Promise.resolve();
        ctx.push("second", {});
        return ok();
      }),
    );
    const ref = room.push("do");
    await room.assertReply(ref, "ok");
    await room.assertPush("first", {}, 0);
    await room.assertPush("second", {}, 0);
  });

  it("may come later through socketRef, more than once, and when the channel is gone", async () => {
    let ref: ReplyRef | undefined;
    const room = await joined(
      base.handleIn("do", (ctx) => (ref = ctx.socketRef())).handleIn("other", () => ok({ other: true })),
    );
    const pushed = room.push("do");
    await room.assertReply(room.push("other"), "ok", { other: true });
    await room.refuteReply(pushed, 0);
    ref?.reply(ok({ n: 1 }));
    await room.assertReply(pushed, "ok", { n: 1 });
    ref?.reply(reply("again", { n: 2 }));
    await room.assertReply(pushed, "again", { n: 2 });
    await room.assertReply(room.leave(), "ok");
    ref?.reply(refuse({ n: 3 }));
    await room.assertReply(pushed, "error", { n: 3 });
    expect(() => ref?.reply(ok(1n))).toThrow("cannot be written as JSON");
  });
});

describe("socketRef", () => {
  it("needs a message to answer", async () => {
    const room = await joined(
      base
        .handleIn("do", (ctx) => ctx.send("now"))
        .handleInfo((ctx) => {
          ctx.socketRef();
        }),
    );
    room.push("do");
    expect(await room.assertTerminated("crashed")).toMatchObject({ error: { code: "WB_NO_REF" } });
  });
});

describe("inside join", () => {
  it.each(["push", "broadcast", "broadcastFrom", "socketRef"] as const)("%s is an error that says so", async (verb) => {
    const client = clientOf(
      defineChannel("room:*").join((ctx) => {
        (ctx[verb] as (event: string, payload: object) => void)("event", {});
        return ok();
      }),
    );
    const answer = await client.join("room:1");
    expect(answer).toMatchObject({ response: { reason: "join crashed" }, error: { code: "WB_NOT_JOINED" } });
    const remedy = verb === "socketRef" ? "Call it in handleIn." : "Do it in ctx.afterJoin(";
    expect(answer).toMatchObject({ error: { message: expect.stringContaining(remedy) as unknown } });
  });

  it("messages to oneself are handled when the client is on the topic", async () => {
    const room = await joined(
      defineChannel("room:*")
        .join((ctx) => {
          ctx.send("after_join");
          ctx.assign({});
          return ok();
        })
        .handleInfo((ctx) => ctx.push("welcome", {})),
    );
    await room.assertPush("welcome");
  });
});

describe("stop", () => {
  it.each([
    ["normal", "phx_close"],
    ["shutdown", "phx_close"],
    ["shutdown:idle", "phx_close"],
    ["bored", "phx_error"],
  ] as const)("with reason %s sends %s, after the reply", async (reason, event) => {
    const room = await joined(base.handleIn("do", () => stop(reason, ok({ bye: true }))));
    const ref = room.push("do");
    await room.assertPush(event);
    await room.assertReply(ref, "ok", { bye: true }, 0);
    await room.assertTerminated(reason);
    expect(kit.endpoint.pubsub.size.subscriptions).toBe(1);
  });

  it("without a reply leaves the push unanswered, and later pushes get unmatched topic", async () => {
    const room = await joined(base.handleIn("do", async () => stop()));
    const [first, second] = [room.push("do"), room.push("do")];
    await room.assertPush("phx_close", {});
    await room.assertReply(second, "error", { reason: "unmatched topic" });
    await room.refuteReply(first, 0);
    await room.assertReply(room.push("do"), "error", { reason: "unmatched topic" });
    await room.assertReply(room.leave(), "ok", {});
  });
});

describe("leave", () => {
  it("is answered with ok; what the client sends behind it is not answered", async () => {
    const room = await joined(base.handleIn("do", async () => ok()));
    const [before, leave, behind] = [room.push("do"), room.leave(), room.push("do")];
    await room.assertReply(before, "ok");
    await room.assertReply(leave, "ok", {});
    await room.assertPush("phx_close", {});
    await room.refuteReply(behind, 5);
  });
});

describe("handleOut", () => {
  const channel = base
    .assigns<{ seen?: number }>()
    .pushes<{ news: { text: string }; other: object }>()
    .handleOut("news", async (ctx, { text }) => {
      if (text === "stop") return stop("shutdown");
      ctx.assign({ seen: (ctx.assigns.seen ?? 0) + 1 });
      if (text !== "drop") ctx.push("news", { text: `${text} ${ctx.assigns.seen} ${ctx.event}` });
      return undefined;
    });

  it("changes, drops and keeps state; other events pass by", async () => {
    const room = await joined(channel);
    for (const text of ["a", "drop", "b"]) room.broadcastFrom("news", { text });
    room.broadcastFrom("other", {});
    await room.assertPush("other");
    await room.assertPush("news", { text: "a 1 news" });
    await room.assertPush("news", { text: "b 3 news" });
    await room.refutePush("news", undefined, 0);
  });

  it("stops the channel", async () => {
    const room = await joined(channel);
    room.broadcastFrom("news", { text: "stop" });
    await room.assertPush("phx_close");
    await room.assertTerminated("shutdown");
  });
});

describe("handleInfo", () => {
  it("pushes, broadcasts and stops", async () => {
    const room = await joined(
      base
        .info<string>()
        .handleIn("send", (ctx, payload) => ctx.send((payload as { message: string }).message))
        .handleInfo((ctx, message) => {
          if (message === "push") ctx.push("pushed", { message });
          if (message === "broadcast") ctx.broadcast("shared", { message });
          if (message === "stop") return stop("bored");
          return undefined;
        }),
    );
    for (const message of ["push", "broadcast", "stop"]) room.push("send", { message });
    await room.assertPush("phx_error");
    await room.assertPush("pushed", { message: "push" }, 0);
    await room.assertPush("shared", { message: "broadcast" }, 0);
    await room.assertBroadcast("shared", { message: "broadcast" }, 0);
    await room.assertTerminated("bored");
  });

  it("is not needed: messages that nobody takes are ignored", async () => {
    const room = await joined(
      base.handleIn("do", (ctx) => {
        ctx.subscribe("news");
        ctx.send("nobody takes it");
        return ok();
      }),
    );
    await room.assertReply(room.push("do"), "ok");
    kit.endpoint.broadcast("news", "event", {});
    await room.assertReply(room.push("do"), "ok");
  });
});

describe("subscribe", () => {
  const channel = base
    .handleIn("subscribe", (ctx) => {
      for (const topic of ["news", "news", ctx.topic]) ctx.subscribe(topic);
      return ok();
    })
    .handleIn("unsubscribe", (ctx) => {
      for (const topic of ["news", "news", "never", ctx.topic]) ctx.unsubscribe(topic);
      return ok();
    })
    .handleInfo((ctx, message) => {
      if (message instanceof Broadcast) ctx.push("got", { ...message });
    });

  it("delivers other topics' broadcasts to handleInfo once, until unsubscribe", async () => {
    const room = await joined(channel);
    await room.assertReply(room.push("subscribe"), "ok");
    kit.endpoint.broadcast("news", "hello", { a: 1 });
    await room.assertPush("got", { topic: "news", event: "hello", payload: { a: 1 } });
    await room.refutePush("got", undefined, 5);
    await room.assertReply(room.push("unsubscribe"), "ok");
    kit.endpoint.broadcast("news", "hello", {});
    kit.endpoint.broadcast("room:1", "own", {});
    await room.assertPush("own");
    await room.refutePush("got", undefined, 5);
  });

  it("ends with the channel", async () => {
    const room = await joined(channel);
    await room.assertReply(room.push("subscribe"), "ok");
    expect(kit.endpoint.pubsub.size).toEqual({ topics: 2, subscriptions: 3 });
    await room.assertReply(room.leave(), "ok");
    expect(kit.endpoint.pubsub.size).toEqual({ topics: 1, subscriptions: 1 });
  });
});

describe("sendAfter", () => {
  const channel = base
    .handleIn("start", (ctx) => {
      const timers = ["cancelled", "fires"].map((message) => ctx.sendAfter(message, 1_000));
      return ok({ cancelled: [timers[0]?.cancel(), timers[0]?.cancel()] });
    })
    .handleInfo((ctx, message) => ctx.push("timer", { message }));

  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends after its time, unless it is cancelled", async () => {
    const room = await joined(channel);
    vi.useFakeTimers();
    await room.assertReply(room.push("start"), "ok", { cancelled: [true, false] });
    vi.advanceTimersByTime(999);
    await room.refutePush("timer", undefined, 5);
    vi.advanceTimersByTime(1);
    await room.assertPush("timer", { message: "fires" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no timer behind when the channel ends", async () => {
    const room = await joined(channel);
    vi.useFakeTimers();
    await room.assertReply(room.push("start"), "ok");
    expect(vi.getTimerCount()).toBe(1);
    await room.assertReply(room.leave(), "ok");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts no timer when the channel has ended already", async () => {
    let ended = false;
    const room = await joined(
      base.terminate((ctx) => {
        ended = ctx.sendAfter("too late", 1_000).cancel() === false;
      }),
    );
    await room.assertReply(room.leave(), "ok");
    expect(ended).toBe(true);
  });
});
