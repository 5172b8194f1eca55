/** Rooms that come into a user's sidebar, and those that go. */
import { isDeepStrictEqual } from "node:util";
import type { RoomSummary, UserPushes } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { summaryIfMember } from "../../rooms.ts";
import { roomTopic } from "../../topics.ts";
import { userOf } from "../../visitor.ts";
import type { UserContext } from "./context.ts";
import { tabOf } from "./tab.ts";

export async function added(db: Db, ctx: UserContext, roomId: number, open: boolean): Promise<void> {
  // Before the room is read: what comes meanwhile is looked at afterwards.
  ctx.subscribe(roomTopic(roomId));
  const room = await summaryIfMember(db, userOf(ctx).id, roomId);
  if (room === undefined) return removed(ctx, roomId, "", "left");
  const known = tabOf(ctx).room(roomId);
  if (known !== undefined && !open && isSame(known, room)) {
    // It was in the reply to the join, and its command came behind it.
    if (tabOf(ctx).learn(room.unread)) ctx.push("unread", room.unread);
    return;
  }
  tabOf(ctx).add(room);
  ctx.push("room:added", { room, open });
}

/** Whether two summaries differ in their messages at most. */
const isSame = (one: RoomSummary, other: RoomSummary): boolean =>
  isDeepStrictEqual({ ...one, unread: other.unread, lastSeq: other.lastSeq }, other);

export function removed(ctx: UserContext, roomId: number, name: string, why: UserPushes["room:removed"]["why"]): void {
  ctx.unsubscribe(roomTopic(roomId));
  if (tabOf(ctx).room(roomId) === undefined) return;
  tabOf(ctx).forget(roomId);
  ctx.push("room:removed", { roomId, name, why });
}
