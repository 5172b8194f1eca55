/** The room of the README, as an application writes it. */
import { defineChannel, ok, refuse } from "wingbeat";
import { z } from "zod";

export interface User {
  readonly id: number;
  readonly name: string;
  ignores(name: string): boolean;
}

export const Message = z.object({ id: z.number(), from: z.string(), body: z.string() });
export type Message = z.infer<typeof Message>;

declare function canRead(user: User, room: string): Promise<boolean>;
declare function messagesAfter(room: string, since: number | undefined): Promise<Message[]>;
declare function save(room: string, user: User, body: string): Promise<Message>;

export const room = defineChannel("room:{id}")
  .assigns<{ user: User }>()
  .pushes({ new_msg: Message, user_joined: z.object({ name: z.string() }) })
  .join(z.object({ since: z.number().optional() }), async (ctx, { since }) => {
    if (!(await canRead(ctx.assigns.user, ctx.params.id))) return refuse({ reason: "unauthorized" });
    return ok({ messages: await messagesAfter(ctx.params.id, since) });
  })
  .handleIn("new_msg", z.object({ body: z.string().min(1).max(4000) }), async (ctx, { body }) => {
    const message = await save(ctx.params.id, ctx.assigns.user, body);
    ctx.broadcast("new_msg", message);
    return ok({ id: message.id });
  })
  .handleOut("user_joined", (ctx, msg) => {
    if (!ctx.assigns.user.ignores(msg.name)) ctx.push("user_joined", msg);
  })
  .terminate((_ctx, reason) => {
    void (reason === "left");
  });
