import { defineChannel, ok } from "wingbeat";
import { z } from "zod";
import { latest, save } from "../messages.ts";
import type { Message } from "../messages.ts";
import { presence } from "./presence.ts";

const Name = z.string().trim().min(1, "Write a name.").max(24, "Keep the name to 24 characters.");
const Body = z.string().trim().min(1, "Write something first.").max(1_000, "Keep it to 1,000 characters.");

export interface User {
  readonly id: string;
  readonly name: string;
}

/** A chat room. Clients join `room:<id>` with any id. */
export const room = defineChannel("room:{id}")
  .assigns<{ user: User }>()
  .pushes<{ new_msg: Message } & typeof presence.events>()

  // Clients that were away get the messages that they have missed: up to 100, of the last five minutes.
  .history({ events: ["new_msg"] })

  // A message that a page sends again, because its connection was lost before the reply, is handled once.
  .dedupe()

  .join(z.object({ name: Name }), (ctx, { name }) => {
    const { user } = ctx.assigns;
    ctx.assign({ user: { ...user, name } });
    presence.track(ctx, user.id, { name });
    presence.pushState(ctx);
    // One that comes back says from where on it needs them, and has the others.
    return ok({ messages: ctx.since === undefined ? latest(ctx.params.id) : [] });
  })

  // For a client that was away for too long.
  .handleIn("latest", (ctx) => ok({ messages: latest(ctx.params.id) }))

  // A payload that the schema rejects is answered with an error; the function does not run.
  .handleIn("new_msg", z.object({ body: Body }), (ctx, { body }) => {
    const message = save(ctx.params.id, ctx.assigns.user.name, body);
    ctx.broadcast("new_msg", message);
    return ok({ id: message.id });
  })

  .handleIn("name", z.object({ name: Name }), (ctx, { name }) => {
    const { user } = ctx.assigns;
    ctx.assign({ user: { ...user, name } });
    presence.update(ctx, user.id, { name });
    return ok({ name });
  });
