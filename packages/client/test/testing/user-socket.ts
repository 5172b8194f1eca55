/** A server as an application has it. Tests use its types; one compares what clients see of it and of a fake one. */
import { defineChannel, definePresence, defineSocket, ok, refuse, stop } from "wingbeat";
import { z } from "zod";

export const presence = definePresence<{ device: string }>();

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { id: number; body: string }; typing: { name: string } } & typeof presence.events>()
  .history({ events: ["new_msg"] })
  .join(z.object({ as: z.string().optional() }), (ctx, { as }) => {
    if (ctx.params.id === "secret") return refuse({ reason: "unauthorized" });
    if (as !== undefined) {
      presence.track(ctx, as, { device: "phone" });
      presence.pushState(ctx);
    }
    return ok({ role: "admin" });
  })
  .handleIn("new_msg", z.object({ body: z.string() }), (ctx, { body }) => {
    if (body === "") return refuse({ reason: "empty" });
    ctx.broadcast("new_msg", { id: 1, body });
    return ok({ id: 1, at: new Date(0) });
  })
  .handleIn("seen", () => {})
  .handleIn("reaction:*", (ctx) => ok({ event: ctx.event ?? "" }))
  .handleIn("crash", () => {
    throw new Error("as asked for");
  })
  .handleIn("end", () => stop());

let handled = 0;
const box = defineChannel("box:{id}")
  .dedupe()
  .join(() => ok())
  .handleIn("put", () => ok({ id: ++handled }))
  .handleIn("nothing", () => {});

export const userSocket = defineSocket({
  connect: ({ token, user }) => (token === "bad" ? refuse({ why: "banned" }) : ok({ user: String(user) })),
  id: ({ user }) => `user:${user}`,
  channels: [room, box, defineChannel("lobby").join(() => ok())],
});
