/** "room:*": one event for everything a channel can do. */
import { setTimeout as delay } from "node:timers/promises";
import { defineChannel, ok, refuse, reply, stop } from "wingbeat";
import { binaryOnly, isBinary, isMap, jsonOnly, mapOnly } from "./payload.ts";
import { who } from "./who.ts";
import type { UserAssigns } from "./who.ts";

const SLOW_JOIN_MS = 300;
const DEFAULT_SLEEP_MS = 100;
const ASYNC_REPLY_MS = 50;
const BETWEEN_REPLIES_MS = 20;
const STOP_LATER_MS = 50;

export const roomChannel = defineChannel("room:*")
  .assigns<UserAssigns>()
  .info<"after_join" | "stop_later">()
  .join((ctx, payload) => {
    switch (ctx.topic) {
      case "room:secret":
        return refuse({ reason: "unauthorized" });
      case "room:crashjoin":
        throw new Error("crash in join");
      case "room:badjoin":
        return "what" as never;
      case "room:throwjoin":
        throw "boom";
      case "room:exitjoin":
        throw new Error("shutdown");
      case "room:errstr":
        return refuse({ reason: "r", code: 7, nested: { a: [1, null, true] } });
      case "room:reply":
        return ok({ hello: "world" });
      case "room:replypayload":
        return ok({ got: jsonOnly(payload) });
      case "room:replybin":
        return ok(Uint8Array.of(0, 1, 2, 255));
      case "room:errbin":
        return refuse(Uint8Array.of(9, 8, 7));
      case "room:replylist":
        return ok([1, 2]);
      case "room:afterjoin":
        ctx.send("after_join");
        return ok();
    }
    if (ctx.topic.startsWith("room:cond") && isMap(payload)) {
      if (payload["fail"] === true) return refuse({ reason: "told to" });
      if (payload["crash"] === true) throw new Error("told to");
    }
    if (ctx.topic.startsWith("room:slow")) return delay(SLOW_JOIN_MS, ok());
    return ok();
  })

  // broadcasts and pushes
  .handleIn("shout", (ctx, payload) => ctx.broadcast("shout", payload as object))
  .handleIn("shout_reply", (ctx, payload) => {
    ctx.broadcast("shout", payload as object);
    return ok({ sent: true });
  })
  .handleIn("shout_from", (ctx, payload) => ctx.broadcastFrom("shout_from", payload as object))
  .handleIn("secret_shout", (ctx, payload) => ctx.broadcast("secret_shout", payload as object))
  .handleIn("bench_b", (ctx, payload) => ctx.broadcast("bench_b", payload as object))
  .handleIn("push_me", (ctx, payload) => ctx.push("pushed", payload as object))
  .handleIn("push_list", (ctx) => ctx.push("pushed", [1, 2]))
  .handleIn("push_reply", (ctx, payload) => {
    ctx.push("pushed", payload as object);
    return ok({ sent: true });
  })

  // replies
  .handleIn("echo", (_ctx, payload) => ok(payload))
  .handleIn("err", (_ctx, payload) => refuse(payload))
  .handleIn("bare_reply", () => ok())
  .handleIn("bare_error", () => refuse())
  .handleIn("custom_status", (_ctx, payload) => reply("maybe", payload))
  .handleIn("noreply", () => undefined)
  .handleIn("reply_list", () => ok([1, 2, 3]))
  .handleIn("reply_string", () => ok("str"))
  .handleIn("reply_nil", () => ok(null))
  .handleIn("phx_custom", (_ctx, payload) => ok({ phx: jsonOnly(payload) }))
  .handleIn("who", (ctx) => ok(who(ctx.assigns, ctx.id)))
  .handleIn("join_ref", (ctx) => ok({ join_ref: ctx.joinRef, ref: ctx.ref }))

  // time
  .handleIn("sleep", async (_ctx, payload) => {
    await delay(sleepMs(payload));
    return ok(payload);
  })
  .handleIn("async", (ctx, payload) => {
    const ref = ctx.socketRef();
    inTheBackground(async () => {
      await delay(ASYNC_REPLY_MS);
      ref.reply(ok({ async: jsonOnly(payload) }));
    });
  })
  .handleIn("async_twice", (ctx, payload) => {
    const ref = ctx.socketRef();
    inTheBackground(async () => {
      ref.reply(ok({ first: jsonOnly(payload) }));
      await delay(BETWEEN_REPLIES_MS);
      ref.reply(refuse({ second: jsonOnly(payload) }));
      await delay(BETWEEN_REPLIES_MS);
      ref.reply(ok());
    });
  })

  // ends
  .handleIn("stopself_later", (ctx) => {
    ctx.sendAfter("stop_later", STOP_LATER_MS);
  })
  .handleIn("crash", () => {
    throw new Error("handler crash");
  })
  .handleIn("exit_normal", () => {
    throw new Error("normal");
  })
  .handleIn("exit_shutdown", () => {
    throw new Error("shutdown");
  })
  .handleIn("badret", () => "nonsense" as never)
  .handleIn("stop", () => stop("shutdown"))
  .handleIn("stop_normal", () => stop("normal"))
  .handleIn("stop_reply", () => stop("shutdown", ok({ bye: true })))
  .handleIn("stop_bare_reply", () => stop("shutdown", ok()))
  .handleIn("stop_shutdown_tuple", () => stop("shutdown:duplicate_thing"))
  .handleIn("stop_other", () => stop("weird"))
  .handleIn("stop_other_reply", () => stop("weird", ok({ bye: true })))

  // binary
  .handleIn("bin", (_ctx, payload) => ok(binaryOnly(payload)))
  .handleIn("bin_err", (_ctx, payload) => refuse(binaryOnly(payload)))
  .handleIn("bin_len", (_ctx, payload) => ok({ len: binaryOnly(payload).byteLength }))
  .handleIn("bin_shout", (ctx, payload) =>
    ctx.broadcast("bin_shout", isBinary(payload) ? payload : Buffer.from("from-json")),
  )
  .handleIn("bin_push", (ctx, payload) => ctx.push("bin_pushed", isBinary(payload) ? payload : Uint8Array.of(1, 2, 3)))
  .handleIn("bin_reply_json", () => ok(Uint8Array.of(4, 5, 6)))

  .handleOut("secret_shout", (ctx, payload) => {
    if (ctx.assigns.user_id === "ignored") return;
    ctx.push("secret_shout", { ...mapOnly(payload), seen_by: ctx.assigns.user_id });
  })
  .handleInfo((ctx, message) => {
    if (message === "stop_later") return stop("shutdown");
    if (message === "after_join") {
      ctx.push("after_join", { hi: true });
      ctx.broadcast("joined", {});
    }
  });

/** The "ms" of a payload. Null has none; what is neither null nor a map cannot be asked. */
function sleepMs(payload: unknown): number {
  if (payload === null) return DEFAULT_SLEEP_MS;
  const { ms = null } = mapOnly(payload);
  if (ms === null || ms === false) return DEFAULT_SLEEP_MS;
  if (!Number.isInteger(ms) || (ms as number) < 0) throw new TypeError("ms must be a whole number from 0 up");
  return ms as number;
}

/** A task beside the channel: when it fails (its reply cannot be encoded, say), it dies without a word. */
function inTheBackground(task: () => Promise<void>): void {
  task().catch(() => undefined);
}
