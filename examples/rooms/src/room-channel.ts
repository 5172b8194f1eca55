import { defineChannel, ok, refuse } from "wingbeat";
import { z } from "zod";
import type { Game } from "./game.ts";
import { Body, Message, Uid } from "./message.ts";
import { canEdit } from "./rooms.ts";
import type { Rooms } from "./rooms.ts";

/** `uid` comes from the socket, `ignoring` from the join and from `ignore:user`. */
export interface RoomAssigns {
  uid: string;
  ignoring?: ReadonlySet<string>;
}

const Join = z.object({ ignoring: z.array(Uid).max(100).default([]) });
const Ignore = z.object({ user_id: Uid, ignored: z.boolean() });
const Edit = z.object({ id: z.number(), body: Body });

/** One room per topic: `rooms:lobby`, `rooms:12`, `rooms:34` … */
export function roomChannel(rooms: Rooms, game: Game) {
  return defineChannel("rooms:{id}")
    .assigns<RoomAssigns>()
    .pushes({
      "new:msg": Message,
      "edit:msg": Message,
      "user:joined": z.object({ user_id: z.string() }),
      "user:left": z.object({ user_id: z.string() }),
      "current:rank": z.object({ val: z.number() }),
    })
    .info<"after_join">()
    .join(Join, (ctx, { ignoring }) => {
      const { id } = ctx.params;
      if (!rooms.has(id)) return refuse({ reason: "unknown room" });
      ctx.assign({ ignoring: new Set(ignoring) });
      ctx.send("after_join");
      const messages = rooms.messages(id).map((message) => seenBy(ctx.assigns.uid, message));
      // The lobby is special: it knows which other rooms there are.
      return ok(id === "lobby" ? { messages, rooms: rooms.used() } : { messages });
    })
    .handleInfo((ctx) => ctx.broadcastFrom("user:joined", { user_id: ctx.assigns.uid }))
    .handleIn("new:msg", z.object({ body: Body }), (ctx, { body }) => {
      const message = rooms.add(ctx.params.id, ctx.assigns.uid, body);
      game.score(message.uid);
      ctx.broadcast("new:msg", message);
      ctx.endpoint.broadcast("rooms:superadmin", "new:msg", message);
    })
    .handleIn("edit:msg", Edit, (ctx, { id, body }) => {
      const message = rooms.edit(ctx.params.id, id, ctx.assigns.uid, body);
      if (message === undefined) return refuse({ reason: "You can edit your own messages only." });
      ctx.broadcast("edit:msg", message); // no handleOut for it: everybody gets the same bytes
      return ok();
    })
    .handleIn("current:rank", (ctx) => {
      const rank = { val: game.rank(ctx.assigns.uid) };
      ctx.push("current:rank", rank); // the seed's way: an event of its own, to this client only
      return ok(rank); // today's way: the answer to this very push
    })
    .handleIn("ignore:user", Ignore, (ctx, { user_id, ignored }) => {
      const ignoring = new Set(ctx.assigns.ignoring);
      if (ignored) ignoring.add(user_id);
      else ignoring.delete(user_id);
      if (ignoring.size > 100) return refuse({ reason: "You can ignore 100 users at most." });
      ctx.assign({ ignoring });
      return ok({ ignoring: [...ignoring] });
    })
    .handleOut("new:msg", (ctx, message) => ctx.push("new:msg", seenBy(ctx.assigns.uid, message)))
    .handleOut("user:joined", (ctx, joined) => {
      if (!ctx.assigns.ignoring?.has(joined.user_id)) ctx.push("user:joined", joined);
    })
    .terminate((ctx) => ctx.broadcastFrom("user:left", { user_id: ctx.assigns.uid }));
}

function seenBy(uid: string, message: Message): Message {
  return { ...message, is_editable: canEdit(uid, message) };
}
