/** A small application that most tests of this folder talk to. */
import { defineChannel, defineSocket, ok, refuse, stop } from "../../src/index.ts";

interface Assigns {
  name: string;
  count?: number;
}

/** What `terminate` was told, for those who want to see it. */
export type Ended = (topic: string, reason: string, detail: unknown) => void;

export const roomChannel = (ended: Ended = () => {}) =>
  defineChannel("room:{id}")
    .assigns<Assigns>()
    .join((ctx, params) => {
      if (ctx.params.id === "closed") return refuse({ reason: "unauthorized" });
      if (ctx.params.id === "broken") throw new Error("join of a broken room");
      return ok({ id: ctx.params.id, name: ctx.assigns.name, params });
    })
    .handleIn("echo", (_ctx, payload) => ok(payload))
    .handleIn("fail", (_ctx, payload) => refuse(payload))
    .handleIn("silent", () => {})
    .handleIn("count", (ctx) => {
      ctx.assign({ count: (ctx.assigns.count ?? 0) + 1 });
      return ok({ count: ctx.assigns.count });
    })
    .handleIn("push", (ctx, payload) => ctx.push("pushed", payload as object))
    .handleIn("shout", (ctx, payload) => ctx.broadcast("shouted", payload as object))
    .handleIn("others", (ctx, payload) => ctx.broadcastFrom("shouted", payload as object))
    .handleIn("three_then_reply", (ctx) => {
      for (const n of [1, 2, 3]) ctx.broadcast("shouted", { n });
      return ok({ n: 4 });
    })
    .handleIn("crash", () => {
      throw new Error("crash on request");
    })
    .handleIn("stop", (_ctx, payload) => stop((payload as { reason: string }).reason, ok({ bye: true })))
    .terminate((ctx, reason, detail) => ended(ctx.topic, reason, detail));

export const userSocket = (ended?: Ended, hasHistory = false) =>
  defineSocket({
    connect: (params) => ok({ name: String(params["name"] ?? "anonymous") }),
    id: ({ name }) => (name === "anonymous" ? null : `user_socket:${name}`),
    channels: [hasHistory ? roomChannel(ended).history() : roomChannel(ended)],
  });
