/** A server as an application has it: what a client's types, and the compiler's messages about mistakes, are tried on. */
import { defineChannel, defineSocket, ok, refuse, routeChannel } from "wingbeat";
import { z } from "zod";

const Message = z.object({ id: z.number(), body: z.string() });

const room = defineChannel("room:{id}")
  .pushes({ new_msg: Message, typing: z.object({ name: z.string() }) })
  .join(z.object({ since: z.number().optional() }), (_ctx, { since }) =>
    since === 0 ? refuse({ reason: "too old", oldest: 1 }) : ok({ since: since ?? 1 }),
  )
  .handleIn("new_msg", z.object({ body: z.string() }), (_ctx, { body }) =>
    body === "" ? refuse({ reason: "empty", field: "body" }) : ok({ id: 7, at: new Date() }),
  )
  .handleIn("seen", async () => ok({ seen: true }))
  .handleIn("reaction:*", z.object({ on: z.number() }), () => ok({ count: 1 }));

const lobby = defineChannel("room:lobby")
  .join(() => ok({ lobby: true }))
  .handleIn("ping", () => ok({ pong: true }));

const document = defineChannel("document:{id}")
  .pushes<{ changed: { at: Date; text: string } }>()
  .join(z.object({ version: z.number() }), () => ok({ text: "" }))
  .handleIn("change", z.object({ text: z.string().transform((text) => text.length) }), () => ok());

export const userSocket = defineSocket({
  connect: () => ok(),
  channels: [
    room,
    lobby,
    document,
    routeChannel("draft:{id}", document),
    defineChannel("a:*").join(() => ok({ a: 1 })),
    defineChannel("a:{id}").join(() => ok({ b: 1 })),
    defineChannel("presence:{building}:{floor}").join(() => ok()),
    defineChannel("system").join(() => ok()),
  ],
});
