import { defineChannel, ok } from "wingbeat";
import type { Broadcast } from "wingbeat";
import { expectTypeOf } from "vitest";
import type { roomTopic } from "./room.ts";

/** What others may send to an inbox. */
export const inboxTopic = defineChannel("inbox:{user}").pushes<{ unread: { count: number }; read: { id: number } }>();

export const inbox = inboxTopic
  .talksTo<typeof roomTopic>()
  .join((ctx) => {
    ctx.subscribe("room:1");
    return ok();
  })
  .handleIn("read", (ctx) => {
    ctx.endpoint.command("room:1", "close", { why: "read" });
    ctx.endpoint.broadcast("room:1", "typing", { who: 1 });
    return ok();
  })
  .handleInfo((ctx, message) => {
    expectTypeOf(message).toExtend<Broadcast>();
    if (message.event === "new_msg") expectTypeOf(message.payload).toEqualTypeOf<{ body: string }>();
    if (message.event === "typing") ctx.push("unread", { count: message.payload.who });
    // @ts-expect-error: nothing of this name comes
    void (message.event === "other");
  });
