import { type } from "arktype";
import * as v from "valibot";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { AnyChannel } from "./channel.ts";
import { Broadcast, defineChannel, defineSocket, error, ok, refuse, reply, stop } from "./index.ts";
import type { ReplyRef } from "./index.ts";
import { testSocket } from "./testing.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A client of a socket with one channel. */
function clientOf<const C extends AnyChannel>(channel: C, id: string | null = null) {
  const kit = testSocket(defineSocket({ channels: [channel as never as typeof anyChannel] }), { timeout: 1_000 });
  cleanups.push(() => kit.close());
  return { kit, client: kit.socket({}, id) };
}
const anyChannel = defineChannel("room:*").join(() => ok());

/** The tests are about behaviour: topics and events are any. */
async function joined(channel: AnyChannel, params: unknown = {}) {
  const { kit, client } = clientOf(channel);
  return { kit, client, room: (await client.subscribeAndJoin("room:1", params)) as never as AnyTestChannel };
}
type AnyTestChannel = import("./testing.ts").TestChannel;

const base = defineChannel("room:*").join(() => ok());

describe("replies of handleIn", () => {
  it.each([
    ["ok", ok(), {}],
    ["ok", ok({ a: 1 }), { a: 1 }],
    ["ok", ok([1, [2]]), [1, [2]]],
    ["ok", ok("text"), "text"],
    ["ok", ok(null), null],
    ["error", error({ reason: "no" }), { reason: "no" }],
    ["error", error(), {}],
    ["maybe", reply("maybe", 7), 7],
    ["maybe", reply("maybe"), {}],
  ])("%s with %j", async (status, result, response) => {
    const { room } = await joined(base.handleIn("do", () => result).handleIn("later", async () => result));
    expect(await room.assertReply(room.push("do"), status as "ok")).toEqual(response);
    expect(await room.assertReply(room.push("later"), status as "ok")).toEqual(response);
  });

  it("nothing returned is no reply", async () => {
    const { room } = await joined(base.handleIn("do", () => {}).handleIn("later", async () => {}));
    await room.refuteReply(room.push("do"), 10);
    await room.refuteReply(room.push("later"), 10);
  });

  it("go out after what the handler pushed and before what comes next", async () => {
    const { room } = await joined(
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
    const { room } = await joined(
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
    ref?.reply(error({ n: 3 }));
    await room.assertReply(pushed, "error", { n: 3 });
    expect(() => ref?.reply(ok(1n))).toThrow("cannot be written as JSON");
  });
});

describe("socketRef", () => {
  it("needs a message to answer", async () => {
    const { room } = await joined(
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
    const { client } = clientOf(
      defineChannel("room:*").join((ctx) => {
        ctx[verb]("event", {});
        return ok();
      }),
    );
    const answer = await client.join("room:1");
    expect(answer).toMatchObject({ response: { reason: "join crashed" }, error: { code: "WB_NOT_JOINED" } });
  });

  it("messages to oneself are handled when the client is on the topic", async () => {
    const { room } = await joined(
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
    const { room, kit } = await joined(base.handleIn("do", () => stop(reason, ok({ bye: true }))));
    const ref = room.push("do");
    await room.assertPush(event);
    await room.assertReply(ref, "ok", { bye: true }, 0);
    await room.assertTerminated(reason);
    expect(kit.endpoint.pubsub.size.subscriptions).toBe(1);
  });

  it("without a reply leaves the push unanswered, and later pushes get unmatched topic", async () => {
    const { room } = await joined(base.handleIn("do", async () => stop()));
    const [first, second] = [room.push("do"), room.push("do")];
    await room.assertPush("phx_close", {});
    await room.assertReply(second, "error", { reason: "unmatched topic" });
    await room.refuteReply(first, 0);
    await room.assertReply(room.push("do"), "error", { reason: "unmatched topic" });
    await room.assertReply(room.leave(), "ok", {});
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
    const { room } = await joined(channel);
    for (const text of ["a", "drop", "b"]) room.broadcastFrom("news", { text });
    room.broadcastFrom("other", {});
    await room.assertPush("other");
    await room.assertPush("news", { text: "a 1 news" });
    await room.assertPush("news", { text: "b 3 news" });
    await room.refutePush("news", undefined, 0);
  });

  it("stops the channel", async () => {
    const { room } = await joined(channel);
    room.broadcastFrom("news", { text: "stop" });
    await room.assertPush("phx_close");
    await room.assertTerminated("shutdown");
  });
});

describe("handleInfo", () => {
  it("pushes, broadcasts and stops", async () => {
    const { room } = await joined(
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
    const { kit, room } = await joined(
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
    const { kit, room } = await joined(channel);
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
    const { kit, room } = await joined(channel);
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
    const { room } = await joined(channel);
    vi.useFakeTimers();
    await room.assertReply(room.push("start"), "ok", { cancelled: [true, false] });
    vi.advanceTimersByTime(999);
    await room.refutePush("timer", undefined, 5);
    vi.advanceTimersByTime(1);
    await room.assertPush("timer", { message: "fires" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("leaves no timer behind when the channel ends", async () => {
    const { room } = await joined(channel);
    vi.useFakeTimers();
    await room.assertReply(room.push("start"), "ok");
    expect(vi.getTimerCount()).toBe(1);
    await room.assertReply(room.leave(), "ok");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("starts no timer when the channel has ended already", async () => {
    let ended = false;
    const { room } = await joined(
      base.terminate((ctx) => {
        ended = ctx.sendAfter("too late", 1_000).cancel() === false;
      }),
    );
    await room.assertReply(room.leave(), "ok");
    expect(ended).toBe(true);
  });
});

describe("a crash", () => {
  const boom = new Error("boom");
  const ways: readonly (readonly [string, () => Promise<never> | never])[] = [
    ["a throw", () => {
      throw boom;
    }],
    ["a rejected promise", () => Promise.reject(boom)],
    ["a rejection later on", async () => {
      await Promise.resolve();
      throw boom;
    }],
  ];

  it.each(ways)("in join, by %s, is answered with join crashed", async (_way, crash) => {
    const { kit, client } = clientOf(defineChannel("room:*").join(() => crash()));
    const answer = await client.join("room:1");
    expect(answer).toEqual({ status: "error", response: { reason: "join crashed" }, error: boom });
    expect(kit.endpoint.pubsub.size.subscriptions).toBe(0);
  });

  it.each(ways)("in handleIn, handleOut and handleInfo, by %s, ends that channel only", async (_way, crash) => {
    const channel = base
      .handleIn("handleIn", () => crash())
      .handleIn("handleInfo", (ctx) => ctx.send(1))
      .handleIn("handleOut", (ctx) => ctx.broadcast("out", {}))
      .handleInfo(() => crash())
      .handleOut("out", () => crash())
      .terminate((ctx, reason, detail) => ctx.push("terminate", { reason, same: detail === boom }));
    const { client, kit } = clientOf(channel);
    const other = await client.subscribeAndJoin("room:2");
    for (const callback of ["handleIn", "handleInfo", "handleOut"]) {
      const room = (await client.join("room:1")) as { channel: AnyTestChannel };
      const ref = room.channel.push(callback);
      await room.channel.assertPush("phx_error", { reason: "channel_crash" });
      await room.channel.assertPush("terminate", { reason: "crashed", same: true }, 0);
      await room.channel.refuteReply(ref, 0);
      expect(await room.channel.assertTerminated("crashed")).toEqual({ reason: "crashed", error: boom });
    }
    await other.assertReply(other.leave(), "ok");
    expect(kit.endpoint.pubsub.size).toEqual({ topics: 1, subscriptions: 1 });
  });

  it.each(ways)("in terminate, by %s, harms nobody", async (_way, crash) => {
    const { room, client } = await joined(base.terminate(() => crash()));
    await room.assertReply(room.leave(), "ok");
    await room.assertTerminated("left");
    await client.subscribeAndJoin("room:1");
  });

  it("is answered with phx_error only: messages behind it get unmatched topic", async () => {
    const { room } = await joined(base.handleIn("crash", () => Promise.reject(boom)).handleIn("echo", () => ok()));
    const refs = [room.push("crash"), room.push("echo"), room.push("echo")];
    await room.assertPush("phx_error");
    for (const ref of refs.slice(1)) await room.assertReply(ref, "error", { reason: "unmatched topic" });
    await room.refuteReply(refs[0] as string, 0);
  });
});

describe("wrong returns crash the channel with WB_BAD_RETURN", () => {
  const wrong: readonly unknown[] = [null, {}, { ok: true }, "ok", 7, true, ["ok"]];

  it.each(wrong)("%j", async (value) => {
    const channel = base
      .handleIn("handleIn", () => value as undefined)
      .handleIn("later", async () => value as undefined)
      .handleIn("handleInfo", (ctx) => ctx.send(1))
      .handleInfo(() => value as undefined)
      .handleOut("out", () => value as undefined);
    const { client, kit } = clientOf(channel);
    for (const callback of ["handleIn", "later", "handleInfo", "handleOut"]) {
      const { channel: room } = (await client.join("room:1")) as { channel: AnyTestChannel };
      if (callback === "handleOut") kit.endpoint.broadcast("room:1", "out", {});
      else room.push(callback);
      expect(await room.assertTerminated("crashed")).toMatchObject({ error: { code: "WB_BAD_RETURN" } });
    }
  });

  it.each([undefined, ...wrong, reply("maybe"), stop()])("from join: %j", async (value) => {
    const { client } = clientOf(defineChannel("room:*").join(() => value as never));
    const answer = await client.join("room:1");
    expect(answer).toMatchObject({ response: { reason: "join crashed" }, error: { code: "WB_BAD_RETURN" } });
  });

  it("also a reply from handleInfo, and a reply that is no JSON", async () => {
    const channel = base
      .handleIn("send", (ctx) => ctx.send(1))
      .handleIn("bigint", () => ok({ n: 1n }))
      .handleInfo(() => ok() as never);
    for (const event of ["send", "bigint"]) {
      const { room } = await joined(channel);
      room.push(event);
      await room.assertTerminated("crashed");
    }
  });
});

describe("what a channel takes", () => {
  it("unknown events are answered with an error and harm nothing", async () => {
    const { room } = await joined(base.handleIn("known", () => ok()));
    await room.assertReply(room.push("other"), "error", { reason: "unknown event" });
    await room.assertReply(room.push("known"), "ok");
  });

  it.each([
    ["zod", z.object({ user: z.object({ age: z.number() }) })],
    ["valibot", v.object({ user: v.object({ age: v.number() }) })],
    ["arktype", type({ user: { age: "number" } })],
    ["async zod", z.object({ user: z.object({ age: z.number().refine(async (age) => age > 0) }) })],
  ])("payloads that %s refuses are answered with the issues", async (_library, schema) => {
    const channel = defineChannel("room:*")
      .join(schema, () => ok())
      .handleIn("do", schema, (_ctx, payload) => ok(payload));
    const { client } = clientOf(channel);
    const invalid = { reason: "invalid payload", issues: [{ path: ["user", "age"], message: expect.any(String) }] };
    expect(await client.join("room:1", { user: { age: "7" } })).toMatchObject({ status: "error", response: invalid });
    const room = (await client.subscribeAndJoin("room:1", { user: { age: 7 } })) as never as AnyTestChannel;
    await room.assertReply(room.push("do", { user: { age: "7" } }), "error", invalid);
    const response = await room.assertReply(room.push("do", { user: { age: 7 } }), "ok");
    expect(response).toEqual({ user: { age: 7 } });
  });

  it("handlers get what the schema makes of the payload", async () => {
    const { room } = await joined(
      base.handleIn("do", z.object({ n: z.coerce.number().default(1) }), (_ctx, { n }) => ok({ n })),
    );
    await room.assertReply(room.push("do", { n: "5" }), "ok", { n: 5 });
    await room.assertReply(room.push("do", {}), "ok", { n: 1 });
  });

  it("prefixes: exact names first, then in the order of declaration", async () => {
    const { room } = await joined(
      base
        .handleIn("reaction:*", (ctx) => ok({ by: "reaction:*", event: ctx.event }))
        .handleIn("reaction:add", () => ok({ by: "reaction:add" }))
        .handleIn("re*", () => ok({ by: "re*" }))
        .handleIn("reaction:late*", () => ok({ by: "never" }))
        .handleIn("*", () => ok({ by: "*" })),
    );
    const by = async (event: string) => room.assertReply(room.push(event), "ok");
    expect(await by("reaction:add")).toEqual({ by: "reaction:add" });
    expect(await by("reaction:late")).toEqual({ by: "reaction:*", event: "reaction:late" });
    expect(await by("reaction:")).toEqual({ by: "reaction:*", event: "reaction:" });
    expect(await by("reaction")).toEqual({ by: "re*" });
    expect(await by("other")).toEqual({ by: "*" });
  });

  it("refuse() without a reason refuses a join with an empty response", async () => {
    const { client } = clientOf(defineChannel("room:*").join(() => refuse()));
    expect(await client.join("room:1")).toEqual({ status: "error", response: {}, error: undefined });
  });
});

describe("definitions that cannot work are refused by the builder", () => {
  it.each([
    ["a second join", () => base.join(() => ok()), "WB_DUPLICATE_HANDLER"],
    ["a second handleIn", () => base.handleIn("a", () => {}).handleIn("a", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second prefix", () => base.handleIn("a*", () => {}).handleIn("a*", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second handleOut", () => base.handleOut("a", () => {}).handleOut("a", () => {}), "WB_DUPLICATE_HANDLER"],
    ["a second handleInfo", () => base.handleInfo(() => {}).handleInfo(() => {}), "WB_DUPLICATE_HANDLER"],
    ["a second terminate", () => base.terminate(() => {}).terminate(() => {}), "WB_DUPLICATE_HANDLER"],
    ["a star in the middle of an event", () => base.handleIn("a*b", () => {}), "WB_PATTERN"],
    ["a bad topic", () => defineChannel("a*b"), "WB_PATTERN"],
    ["a handler that is none", () => base.handleIn("a", {} as never), "WB_OPTION"],
    ["a schema that is none", () => base.handleIn("a", {} as never, () => {}), "WB_OPTION"],
    ["no join", () => defineSocket({ channels: [defineChannel("a")] }), "WB_OPTION"],
  ])("%s", (_what, define, code) => {
    expect(define).toThrow(expect.objectContaining({ code }));
  });
});
