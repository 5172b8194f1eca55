/** The rooms of seed 4: a lobby and numbered rooms, ranks, editable messages, ignored users, a copy for the superadmins. */
import { defineChannel, defineSocket, ok, refuse, stop } from "../../src/index.ts";

interface Assigns {
  readonly user: string;
  readonly ignores: readonly string[];
  count?: number;
}

interface Posted {
  readonly uid: string;
  readonly body: string;
  readonly is_editable?: boolean;
}

export type Left = (line: string, detail: unknown) => void;

const lobby = defineChannel("rooms:lobby")
  .assigns<Assigns>()
  .join(() => ok({ room: "the lobby" }));

const room = (left: Left) =>
  defineChannel("rooms:{id}")
    .assigns<Assigns>()
    .pushes<{
      "new:msg": Posted;
      "user:joined": { user: string };
      "current:rank": { val: number };
      "room:full": object;
      plain: object;
    }>()
    .join((ctx, params) => {
      const { token } = params as { token?: string };
      if (token === "wrong") return refuse();
      if (token === "raises") return undefined as never;
      return ok({ room: ctx.params.id });
    })
    .handleIn("new:msg", (ctx, payload) => {
      const { body } = payload as { body: string };
      const message = { uid: ctx.assigns.user, body };
      ctx.broadcast("new:msg", message);
      ctx.endpoint.broadcast("rooms:superadmin", "new:msg", message);
    })
    .handleIn("current:rank", (ctx) => ctx.push("current:rank", { val: 7 }))
    .handleIn("rank", () => ok({ val: 7 }))
    .handleIn("count", (ctx) => {
      ctx.assign({ count: (ctx.assigns.count ?? 0) + 1 });
      return ok({ count: ctx.assigns.count });
    })
    .handleIn("user:joined", (ctx) => ctx.broadcastFrom("user:joined", { user: ctx.assigns.user }))
    .handleIn("bad", (ctx, payload) => {
      const { what } = payload as { what: string };
      const cyclic: { self?: object } = {};
      cyclic.self = cyclic;
      const payloads: Readonly<Record<string, unknown>> = {
        list: [1],
        text: "x",
        number: 1,
        bigint: { n: 1n },
        cycle: cyclic,
      };
      ctx.broadcast("plain", payloads[what] as object);
    })
    .handleIn("quit", () => stop())
    .handleIn("fail", () => stop("no more", ok({ sorry: true })))
    .handleIn("returns", () => 42 as never)
    .handleOut("new:msg", (ctx, message) =>
      ctx.push("new:msg", { ...message, is_editable: message.uid === ctx.assigns.user }),
    )
    .handleOut("user:joined", (ctx, payload) => {
      if (!ctx.assigns.ignores.includes(payload.user)) ctx.push("user:joined", payload);
    })
    .handleOut("room:full", () => stop())
    .terminate((ctx, reason, detail) => left(`${ctx.assigns.user} ${reason}`, detail));

export const roomsSocket = (left: Left = () => {}) =>
  defineSocket({
    connect: (params) => ok({ user: String(params["user"]), ignores: String(params["ignores"]).split(",") }),
    channels: [lobby, room(left)],
  });
