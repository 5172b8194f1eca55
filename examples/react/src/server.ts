import type { Example } from "@wingbeat/example-site";
import { defineChannel, definePresence, defineSocket, ok } from "wingbeat";
import { z } from "zod";

export interface Message {
  readonly name: string;
  readonly body: string;
}

/** Rooms that keep their last 50 messages, and say who is there. */
export function chat() {
  const presence = definePresence();
  const room = defineChannel("room:{id}")
    .assigns<{ name: string }>()
    .pushes<{ message: Message } & typeof presence.events>()
    .history({ size: 50, events: ["message"] })
    .join((ctx) => {
      presence.track(ctx, ctx.assigns.name, {});
      presence.pushState(ctx);
      return ok();
    })
    .handleIn("say", z.object({ body: z.string().trim().min(1).max(500) }), (ctx, { body }) =>
      ctx.broadcast("message", { name: ctx.assigns.name, body }),
    );
  const socket = defineSocket({ connect: ({ name }) => ok({ name: String(name).slice(0, 40) }), channels: [room] });
  const web = new URL("../dist/page/", import.meta.url);
  return { sockets: { "/socket": socket }, presence: [presence], web } satisfies Example;
}

/** What the page knows of the server. */
export type ChatSocket = ReturnType<typeof chat>["sockets"]["/socket"];
