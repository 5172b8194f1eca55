import { Broadcast, ok } from "wingbeat";
import { z } from "zod";
import { findUsers, sessionsOf, setPreferences } from "../accounts.ts";
import { carryOut, perform } from "../announce.ts";
import {
  browseRooms,
  createRoom,
  ignoreUser,
  joinRoom,
  leaveRoom,
  openDirect,
  setRoomPreferences,
  summaries,
  summaryOf,
} from "../rooms.ts";
import { mentionsOf, search, starsOf } from "../messages.ts";
import { refused } from "../refused.ts";
import type { Services } from "../services.ts";
import { readRoom } from "../unread.ts";
import { userOf } from "../visitor.ts";
import { Id, Line, RoomName, Seq, Text } from "../shapes.ts";
import { userBase } from "./user/context.ts";
import { follow, hear, look, lookLater, refresh } from "./user/follow.ts";
import { joinUser } from "./user/join.ts";
import { added, removed } from "./user/rooms.ts";
import { tabOf } from "./user/tab.ts";

const OpenRoom = z.object({ roomId: Id.nullable() });
const InRoom = z.object({ roomId: Id });
const Creation = z.object({ name: RoomName, kind: z.enum(["public", "private"]), topic: Line(250).optional() });
const RoomChoices = z.object({
  roomId: Id,
  starred: z.boolean().optional(),
  hidden: z.boolean().optional(),
  notify: z.enum(["all", "mentions", "none"]).optional(),
});
const Choices = z.object({
  theme: z.enum(["system", "light", "dark"]).optional(),
  desktopNotifications: z.boolean().optional(),
});
const Query = z.object({ query: Text(200) });

/** Everything that one user is told, whichever room is on the screen. Each tab has one: what a tab looks at is its own. */
export function userChannel(services: Services) {
  const { db } = services;
  return (
    userBase
      .join(async (ctx) => ok(await joinUser(db, ctx)))

      // What this tab looks at: nothing but suppression depends on it.
      .handleIn("room:open", OpenRoom, async (ctx, { roomId }) => {
        const left = tabOf(ctx).open(roomId);
        if (left !== undefined) await refresh(db, ctx, left);
        return ok({});
      })
      .handleIn("state", z.object({ active: z.boolean() }), async (ctx, { active }) => {
        const left = tabOf(ctx).setActive(active);
        if (left !== undefined) await refresh(db, ctx, left);
        return ok({});
      })
      .handleIn("room:read", z.object({ roomId: Id, seq: Seq }), async (ctx, { roomId, seq }) =>
        ok(await carryOut(ctx.endpoint, () => readRoom(db, userOf(ctx).id, roomId, seq))),
      )

      .handleIn("rooms:list", async (ctx) => ok({ rooms: await summaries(db, userOf(ctx).id) }))
      .handleIn("rooms:browse", Query, async (ctx, { query }) =>
        ok({ rooms: await browseRooms(db, userOf(ctx).id, query) }),
      )
      .handleIn("room:create", Creation, async (ctx, creation) => {
        const { id } = userOf(ctx);
        const roomId = await carryOut(ctx.endpoint, () => createRoom(db, id, creation));
        return ok({ room: await summaryOf(db, id, roomId) });
      })
      .handleIn("room:join", InRoom, async (ctx, { roomId }) => {
        const { id } = userOf(ctx);
        await perform(db, ctx.endpoint, roomId, () => joinRoom(db, id, roomId));
        return ok({ room: await summaryOf(db, id, roomId) });
      })
      .handleIn("room:leave", InRoom, async (ctx, { roomId }) => {
        await perform(db, ctx.endpoint, roomId, () => leaveRoom(db, userOf(ctx).id, roomId));
        return ok({});
      })
      .handleIn("direct:open", z.object({ userId: Id }), async (ctx, { userId }) => {
        const { id } = userOf(ctx);
        const roomId = await carryOut(ctx.endpoint, () => openDirect(db, id, userId));
        return ok({ room: await summaryOf(db, id, roomId) });
      })
      .handleIn("room:prefs", RoomChoices, async (ctx, { roomId, ...choices }) => {
        const { id } = userOf(ctx);
        await carryOut(ctx.endpoint, () => setRoomPreferences(db, id, roomId, choices));
        return ok({ room: await summaryOf(db, id, roomId) });
      })

      .handleIn("users:find", Query, async (_ctx, { query }) => ok({ users: await findUsers(db, query) }))
      .handleIn("prefs:set", Choices, async (ctx, choices) => {
        const preferences = await setPreferences(db, userOf(ctx).id, choices);
        ctx.broadcastFrom("preferences", preferences);
        return ok(preferences);
      })
      .handleIn("search", z.object({ query: Text(200), roomId: Id.optional() }), async (ctx, { query, roomId }) => {
        const { id } = userOf(ctx);
        const hits = await search(db, id, query, roomId);
        if (roomId !== undefined) return ok({ hits, rooms: [], users: [] });
        return ok({ hits, rooms: await browseRooms(db, id, query), users: await findUsers(db, query) });
      })
      .handleIn("mentions:list", async (ctx) => ok({ hits: await mentionsOf(db, userOf(ctx).id) }))
      .handleIn("stars:list", async (ctx) => ok({ hits: await starsOf(db, userOf(ctx).id) }))
      .handleIn("ignore:set", z.object({ userId: Id, ignored: z.boolean() }), async (ctx, { userId, ignored }) => {
        await carryOut(ctx.endpoint, () => ignoreUser(db, userOf(ctx).id, userId, ignored));
        return ok({});
      })
      .handleIn("sessions:list", async (ctx) => {
        const { sessionId } = ctx.assigns;
        if (sessionId === null) throw refused("unauthorized", "Log in first.");
        return ok({ sessions: await sessionsOf(db, userOf(ctx).id, sessionId) });
      })

      // From other parts of the server.
      .handleCommand("room:join", (ctx, { roomId, open }) => added(db, ctx, roomId, open))
      .handleCommand("direct:new", (ctx, { roomId }) => added(db, ctx, roomId, false))
      .handleCommand("room:leave", (ctx, { roomId, name, why }) => removed(ctx, roomId, name, why))
      .handleCommand("room:mention", (ctx, { roomId }) => {
        lookLater(ctx, { roomId });
      })
      .handleCommand("user:state", async (ctx, { state }) => {
        const left = tabOf(ctx).setActive(state === "active");
        if (left !== undefined) await refresh(db, ctx, left);
      })
      // From another tab that has read, or from the user's own message.
      .handleOut("unread", (ctx, unread) => hear(db, ctx, unread))

      .handleInfo(async (ctx, message) => {
        if (message instanceof Broadcast) await follow(db, ctx, message);
        else await look(db, ctx, message);
      })
  );
}
