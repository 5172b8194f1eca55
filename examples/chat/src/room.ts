import { defineChannel, definePresence, ok, refuse } from "wingbeat";
import { z } from "zod";
import { latest, save } from "./messages.ts";
import type { Message } from "./messages.ts";

const ROOMS = ["lobby", "random", "help"];
const Body = z.string().trim().min(1, "Write something first.").max(500, "Keep it to 500 characters.");

/** Who is in a room, by name. */
export const presence = definePresence();

export const room = defineChannel("room:{id}")
  .assigns<{ name: string }>()
  .pushes<{ new_msg: Message } & typeof presence.events>()

  // Who is typing: the others see it at once, and nobody stores it.
  .ephemeral("typing", z.literal(true), { key: (ctx) => ctx.assigns.name })

  // A page that was offline gets the messages that it has missed.
  .history({ events: ["new_msg"] })

  // A page whose connection broke before the reply sends its message again. It is handled once.
  .dedupe()

  .join((ctx) => {
    if (!ROOMS.includes(ctx.params.id)) return refuse({ reason: "There is no such room." });
    presence.track(ctx, ctx.assigns.name, {});
    presence.pushState(ctx);
    // A page that comes back has the messages up to `since`, and the history sends the others.
    return ok({ messages: ctx.since === undefined ? latest(ctx.params.id) : [] });
  })

  .handleIn("new_msg", z.object({ body: Body }), (ctx, { body }) => {
    const message = save(ctx.params.id, ctx.assigns.name, body);
    ctx.broadcast("new_msg", message);
    return ok({ id: message.id });
  })

  // For a page that was offline for longer than the history reaches back.
  .handleIn("latest", (ctx) => ok({ messages: latest(ctx.params.id) }));
