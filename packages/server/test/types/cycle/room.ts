/** Two channels in two files that talk to each other: each declares what others may send it before it names the other. */
import { Broadcast, defineChannel, ok } from "wingbeat";
import type { ContextOf } from "wingbeat";
import { expectTypeOf } from "vitest";
import type { inboxTopic } from "./inbox.ts";

/** What others may send to a room. */
export const roomTopic = defineChannel("room:{id}")
  .assigns<{ user: { id: number } }>()
  .pushes<{ new_msg: { body: string }; typing: { who: number } }>()
  .commands<{ close: { why: string } }>();

const base = roomTopic.info<"tick">().talksTo<typeof inboxTopic>();

/** A helper above the chain that it serves. */
function notify(ctx: ContextOf<typeof base>, user: number): void {
  ctx.endpoint.broadcast(`inbox:${user}`, "unread", { count: 1 });
  // @ts-expect-error: no such event
  ctx.endpoint.broadcast(`inbox:${user}`, "red", { count: 1 });
}

export const room = base
  .join((ctx) => {
    ctx.subscribe(`inbox:${ctx.assigns.user.id}`);
    // @ts-expect-error: no such topic
    ctx.subscribe("outbox:1");
    ctx.subscribeUnchecked("outbox:1");
    return ok({ room: ctx.params.id });
  })
  .handleIn("say", (ctx) => {
    notify(ctx, ctx.assigns.user.id);
    // Its own topic is known, too.
    ctx.endpoint.command("room:1", "close", { why: "enough" });
    // @ts-expect-error: the wrong payload
    ctx.endpoint.command("room:1", "close", { because: "enough" });
    // @ts-expect-error: another topic
    ctx.endpoint.broadcast("lobby", "unread", {});
    ctx.endpoint.broadcastUnchecked("lobby", "unread", {});
    ctx.send("tick");
    // @ts-expect-error: not what it sends itself
    ctx.send("tock");
    return ok({ said: true });
  })
  .handleCommand("close", (_ctx, payload) => {
    expectTypeOf(payload).toEqualTypeOf<{ why: string }>();
  })
  .handleInfo((_ctx, message) => {
    expectTypeOf(message).toEqualTypeOf<
      | "tick"
      | Broadcast<{ count: number }, "unread", `inbox:${string}`>
      | Broadcast<{ id: number }, "read", `inbox:${string}`>
    >();
    if (!(message instanceof Broadcast)) return;
    if (message.event === "unread") expectTypeOf(message.payload).toEqualTypeOf<{ count: number }>();
    else expectTypeOf(message.payload.id).toEqualTypeOf<number>();
  });
