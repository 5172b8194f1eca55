/** Channels with schemas of several libraries, and without any. */
import { Broadcast, defineChannel, ok, refuse, reply, stop } from "wingbeat";
import type { ReplyRef } from "wingbeat";
import { type } from "arktype";
import * as v from "valibot";
import { expectTypeOf } from "vitest";
import { z } from "zod";

const zodRoom = defineChannel("room:{id}")
  .pushes({ at: z.object({ when: z.string().transform(Number) }) })
  .join(z.object({ page: z.string().transform(Number) }), (_ctx, { page }) => {
    expectTypeOf(page).toEqualTypeOf<number>();
    return ok();
  })
  .handleIn("read", z.object({ upTo: z.coerce.number<string>() }), (ctx, { upTo }) => {
    expectTypeOf(upTo).toEqualTypeOf<number>();
    ctx.push("at", { when: "1" });
    return ok({ upTo });
  });
// A client sends what a schema takes, and gets what a push schema takes.
type ZodRoom = (typeof zodRoom)["~contract"];
expectTypeOf<ZodRoom["join"]["in"]>().toEqualTypeOf<{ page: string }>();
expectTypeOf<ZodRoom["events"]["read"]["in"]>().toEqualTypeOf<{ upTo: string }>();
expectTypeOf<ZodRoom["pushes"]["at"]>().toEqualTypeOf<{ when: string }>();

defineChannel("room:{id}")
  .pushes({ new_msg: v.object({ body: v.string() }) })
  .join(v.object({ since: v.optional(v.number()) }), (_ctx, { since }) => {
    expectTypeOf(since).toEqualTypeOf<number | undefined>();
    return ok();
  })
  .handleIn("new_msg", v.object({ body: v.pipe(v.string(), v.minLength(1)) }), (ctx, { body }) => {
    expectTypeOf(body).toEqualTypeOf<string>();
    ctx.broadcast("new_msg", { body });
  });

defineChannel("room:{id}")
  .pushes({ new_msg: type({ body: "string" }) })
  .join(type({ "since?": "number" }), (_ctx, { since }) => {
    expectTypeOf(since).toEqualTypeOf<number | undefined>();
    return ok();
  })
  .handleIn("new_msg", type({ body: "0 < string <= 4000" }), (ctx, { body }) => {
    expectTypeOf(body).toEqualTypeOf<string>();
    ctx.broadcast("new_msg", { body });
  });

// Pushes by type, own messages, everything a callback may return.
defineChannel("room:{building}:{id}")
  .assigns<{ name: string; count?: number }>()
  .pushes<{ new_msg: { body: string }; tick: { n: number } }>()
  .info<"tick" | { later: number }>()
  .join((ctx, params) => {
    expectTypeOf(params).toEqualTypeOf<unknown>();
    expectTypeOf(ctx.topic).toEqualTypeOf<`room:${string}:${string}`>();
    expectTypeOf(ctx.params.building).toEqualTypeOf<string>();
    expectTypeOf(ctx.params.id).toEqualTypeOf<string>();
    expectTypeOf(ctx.assigns.name).toEqualTypeOf<string>();
    ctx.assign({ count: 1 });
    ctx.send("tick");
    ctx.sendAfter({ later: 1 }, 1_000).cancel();
    return ok({ joined: true });
  })
  .handleIn("nothing", (_ctx, payload) => {
    expectTypeOf(payload).toEqualTypeOf<unknown>();
  })
  .handleIn("async", async () => {})
  .handleIn("either", (_ctx, payload) => (payload === 1 ? ok({ n: 1 }) : refuse({ reason: "not one" })))
  .handleIn("busy", () => reply("busy", { seconds: 3 }))
  .handleIn("stop", () => stop())
  .handleIn("bye", () => stop("shutdown:bye", ok({ bye: true })))
  .handleIn("maybe", (_ctx, payload) => {
    if (payload === 1) return ok();
    return undefined;
  })
  .handleIn("later", (ctx) => {
    const ref: ReplyRef = ctx.socketRef();
    ref.reply(ok({ late: true }));
    return ref;
  })
  .handleIn("reaction:*", (ctx) => ok({ event: ctx.event }))
  .handleOut("new_msg", (ctx, payload) => {
    expectTypeOf(payload).toEqualTypeOf<{ body: string }>();
    ctx.push("new_msg", payload);
    return payload.body === "" ? stop("shutdown") : undefined;
  })
  .handleInfo((ctx, message) => {
    expectTypeOf(message).toEqualTypeOf<Broadcast | "tick" | { later: number }>();
    if (message instanceof Broadcast) expectTypeOf(message.event).toEqualTypeOf<string>();
    else if (message === "tick") ctx.push("tick", { n: ctx.assigns.count ?? 0 });
    else expectTypeOf(message.later).toEqualTypeOf<number>();
  })
  .terminate(async (ctx, reason, detail) => {
    expectTypeOf(reason).toExtend<string>();
    expectTypeOf(detail).toEqualTypeOf<unknown>();
    ctx.endpoint.broadcast("log", "ended", { reason });
  });

// Nothing declared: any event, any object, also bytes.
defineChannel("room:*")
  .join(() => ok())
  .handleIn("shout", (ctx, payload) => {
    ctx.broadcast("shout", payload as object);
    ctx.push("raw", new Uint8Array(3));
    ctx.send({ any: "thing" });
  })
  .handleOut("shout", (ctx, payload) => {
    expectTypeOf(payload).toEqualTypeOf<object>();
    ctx.push("shout", payload);
  });
