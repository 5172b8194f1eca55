/** What a user's channel makes of the broadcasts of the user's rooms. */
import type { Message, Unread } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { summaryIfMember } from "../../rooms.ts";
import { unreadIn, unreadOf } from "../../unread.ts";
import { selfTopic } from "../../topics.ts";
import { userOf } from "../../visitor.ts";
import { idIn } from "../../shapes.ts";
import type { Look, UserContext, UserNews } from "./context.ts";
import { tabOf } from "./tab.ts";

/** Somebody who has the room before them reads it within this time, in ms, and gets no badge then. */
const BADGE_DELAY = 250;

export async function follow(db: Db, ctx: UserContext, news: UserNews): Promise<void> {
  if (news.topic === selfTopic(userOf(ctx).id)) return followSelf(db, ctx, news);
  const roomId = idIn(news.topic.replace("room:", ""));
  if (roomId === undefined || tabOf(ctx).room(roomId) === undefined) return;
  switch (news.event) {
    case "message:new":
      return followMessage(db, ctx, news.payload);
    case "message:updated":
    case "message:deleted":
      return followChange(db, ctx, roomId);
    case "room:update":
      return pushRoom(db, ctx, roomId);
    default: // is for those who have the room open
  }
}

async function followMessage(db: Db, ctx: UserContext, { kind, roomId, user, mentions }: Message): Promise<void> {
  const tab = tabOf(ctx);
  const room = tab.room(roomId);
  if (room === undefined || kind === "system" || user.id === userOf(ctx).id) return;
  if (room.kind === "direct") return lookLater(ctx, { roomId, from: user });
  // More of them change nothing, and mentions come as a command.
  if (room.notify === "mentions" || room.unread.hasUnread) return;
  const isForMe = [userOf(ctx).username, "all", "here"].some((name) => mentions.includes(name));
  if (isForMe) lookLater(ctx, { roomId });
  else await look(db, ctx, { roomId });
}

/** An unread message may be gone, or mention the user no more. */
async function followChange(db: Db, ctx: UserContext, roomId: number): Promise<void> {
  const unread = tabOf(ctx).room(roomId)?.unread;
  if (unread !== undefined && (unread.hasUnread || unread.mentions > 0)) await refresh(db, ctx, roomId);
}

async function followSelf(db: Db, ctx: UserContext, news: UserNews): Promise<void> {
  if (news.event === "preferred") return pushRoom(db, ctx, news.payload.roomId);
  if (news.event !== "ignored") return;
  ctx.push("ignored", news.payload);
  for (const unread of await unreadOf(db, userOf(ctx).id)) if (tabOf(ctx).learn(unread)) ctx.push("unread", unread);
}

async function pushRoom(db: Db, ctx: UserContext, roomId: number): Promise<void> {
  const room = await summaryIfMember(db, userOf(ctx).id, roomId);
  if (room === undefined) return;
  tabOf(ctx).add(room);
  ctx.push("room:changed", { room });
}

/** Looks at a room a little later: until then its user may have read it. */
export function lookLater(ctx: UserContext, what: Look): void {
  if (tabOf(ctx).wait(what.roomId)) ctx.sendAfter(what, BADGE_DELAY);
}

/** Tells the tab whether a room is unread, unless its user has the room before them. */
export async function look(db: Db, ctx: UserContext, { roomId, from }: Look): Promise<void> {
  const tab = tabOf(ctx);
  tab.looked(roomId);
  if (tab.sees(roomId)) return tab.suppress();
  const before = tab.room(roomId)?.unread.mentions ?? 0;
  await refresh(db, ctx, roomId);
  const mentions = tab.room(roomId)?.unread.mentions ?? 0;
  if (from !== undefined && mentions > before) ctx.push("newMessage", { roomId, from });
}

/** Asks the database what is unread in a room, and tells the tab if that is news. */
export async function refresh(db: Db, ctx: UserContext, roomId: number): Promise<void> {
  const unread = await unreadIn(db, userOf(ctx).id, roomId);
  if (unread !== undefined && tabOf(ctx).learn(unread)) ctx.push("unread", unread);
}

/** What was unread when another tab had read. Since then this one may have learnt of a message that came later. */
export async function hear(db: Db, ctx: UserContext, unread: Unread): Promise<void> {
  const tab = tabOf(ctx);
  const known = tab.room(unread.roomId)?.unread;
  if (known?.lastReadSeq === unread.lastReadSeq) await refresh(db, ctx, unread.roomId);
  else if (tab.learn(unread)) ctx.push("unread", unread);
}
