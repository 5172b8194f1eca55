import { Broadcast, defineChannel } from "wingbeat";
import { z } from "zod";
import { findUsers, sessionsOf, setPreferences } from "../accounts.ts";
import { carryOut, perform } from "../announce.ts";
import type { UserCommands, UserPushes } from "../contract.ts";
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
import { Refused } from "../refused.ts";
import type { Services } from "../services.ts";
import { readRoom } from "../unread.ts";
import { userOf } from "../visitor.ts";
import { answer } from "./answer.ts";
import { Id, Line, RoomName, Seq, Text } from "../shapes.ts";
import { follow, hear, look, lookLater, refresh } from "./user/follow.ts";
import type { Look } from "./user/follow.ts";
import { joinUser } from "./user/join.ts";
import { added, removed } from "./user/rooms.ts";
import { tabOf } from "./user/tab.ts";
import type { UserTab } from "./user/tab.ts";

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
    defineChannel("user:{id}")
      .assigns<UserTab>()
      .info<Look>()
      .pushes<UserPushes & UserCommands>()
      .join((ctx) => answer(() => joinUser(db, ctx)))

      // What this tab looks at: nothing but suppression depends on it.
      .handleIn("room:open", OpenRoom, (ctx, { roomId }) =>
        answer(async () => {
          const left = tabOf(ctx).open(roomId);
          if (left !== undefined) await refresh(db, ctx, left);
          return {};
        }),
      )
      .handleIn("state", z.object({ active: z.boolean() }), (ctx, { active }) =>
        answer(async () => {
          const left = tabOf(ctx).setActive(active);
          if (left !== undefined) await refresh(db, ctx, left);
          return {};
        }),
      )
      .handleIn("room:read", z.object({ roomId: Id, seq: Seq }), (ctx, { roomId, seq }) =>
        answer(() => carryOut(ctx.endpoint, () => readRoom(db, userOf(ctx).id, roomId, seq))),
      )

      .handleIn("rooms:list", (ctx) => answer(async () => ({ rooms: await summaries(db, userOf(ctx).id) })))
      .handleIn("rooms:browse", Query, (ctx, { query }) =>
        answer(async () => ({ rooms: await browseRooms(db, userOf(ctx).id, query) })),
      )
      .handleIn("room:create", Creation, (ctx, creation) =>
        answer(async () => {
          const { id } = userOf(ctx);
          const roomId = await carryOut(ctx.endpoint, () => createRoom(db, id, creation));
          return { room: await summaryOf(db, id, roomId) };
        }),
      )
      .handleIn("room:join", InRoom, (ctx, { roomId }) =>
        answer(async () => {
          const { id } = userOf(ctx);
          await perform(db, ctx.endpoint, roomId, () => joinRoom(db, id, roomId));
          return { room: await summaryOf(db, id, roomId) };
        }),
      )
      .handleIn("room:leave", InRoom, (ctx, { roomId }) =>
        answer(async () => {
          await perform(db, ctx.endpoint, roomId, () => leaveRoom(db, userOf(ctx).id, roomId));
          return {};
        }),
      )
      .handleIn("direct:open", z.object({ userId: Id }), (ctx, { userId }) =>
        answer(async () => {
          const { id } = userOf(ctx);
          const roomId = await carryOut(ctx.endpoint, () => openDirect(db, id, userId));
          return { room: await summaryOf(db, id, roomId) };
        }),
      )
      .handleIn("room:prefs", RoomChoices, (ctx, { roomId, ...choices }) =>
        answer(async () => {
          const { id } = userOf(ctx);
          await carryOut(ctx.endpoint, () => setRoomPreferences(db, id, roomId, choices));
          return { room: await summaryOf(db, id, roomId) };
        }),
      )

      .handleIn("users:find", Query, (_ctx, { query }) => answer(async () => ({ users: await findUsers(db, query) })))
      .handleIn("prefs:set", Choices, (ctx, choices) =>
        answer(async () => {
          const preferences = await setPreferences(db, userOf(ctx).id, choices);
          ctx.broadcastFrom("preferences", preferences);
          return preferences;
        }),
      )
      .handleIn("search", z.object({ query: Text(200), roomId: Id.optional() }), (ctx, { query, roomId }) =>
        answer(async () => {
          const { id } = userOf(ctx);
          const hits = await search(db, id, query, roomId);
          if (roomId !== undefined) return { hits, rooms: [], users: [] };
          return { hits, rooms: await browseRooms(db, id, query), users: await findUsers(db, query) };
        }),
      )
      .handleIn("mentions:list", (ctx) => answer(async () => ({ hits: await mentionsOf(db, userOf(ctx).id) })))
      .handleIn("stars:list", (ctx) => answer(async () => ({ hits: await starsOf(db, userOf(ctx).id) })))
      .handleIn("ignore:set", z.object({ userId: Id, ignored: z.boolean() }), (ctx, { userId, ignored }) =>
        answer(async () => {
          await carryOut(ctx.endpoint, () => ignoreUser(db, userOf(ctx).id, userId, ignored));
          return {};
        }),
      )
      .handleIn("sessions:list", (ctx) =>
        answer(async () => {
          const { sessionId } = ctx.assigns;
          if (sessionId === null) throw new Refused("unauthorized", "Log in first.");
          return { sessions: await sessionsOf(db, userOf(ctx).id, sessionId) };
        }),
      )

      // Commands of other parts of the server: none of them reaches the page as it is.
      .handleOut("room:join", (ctx, { roomId, open }) => added(db, ctx, roomId, open))
      .handleOut("direct:new", (ctx, { roomId }) => added(db, ctx, roomId, false))
      .handleOut("room:leave", (ctx, { roomId, name, why }) => removed(ctx, roomId, name, why))
      .handleOut("room:mention", (ctx, { roomId }) => {
        lookLater(ctx, { roomId });
      })
      .handleOut("user:state", async (ctx, { state }) => {
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
