import { ignoredBy } from "../../accounts.ts";
import type { RoomJoined } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { newestMessages, starredIn } from "../../messages.ts";
import { rightsIn } from "../../permissions.ts";
import { refused } from "../../refused.ts";
import { ensureView, NOT_SEEN, lastReadIn, membersOf, roomFor } from "../../rooms.ts";
import { idIn } from "../../shapes.ts";
import { loginOf } from "../login.ts";
import type { RoomContext } from "./context.ts";
import { ownTopics } from "./own.ts";
import { Viewer } from "./viewer.ts";

/**
 * Lets users into a room that they may see. What happens while it reads is broadcast to the channel as well, and comes after
 * the reply; so does what somebody has missed who was here before.
 */
export async function joinRoomChannel(db: Db, ctx: RoomContext): Promise<RoomJoined> {
  const { user } = loginOf(ctx.assigns);
  const userId = user.id;
  const roomId = idIn(ctx.params.id);
  // No such room, and no way into it: strangers cannot tell one from the other.
  if (roomId === undefined) throw refused("unauthorized", NOT_SEEN);
  await ensureView(db, userId, roomId);
  for (const topic of ownTopics(userId)) ctx.subscribe(topic);
  const [room, rights, ignored, starred] = await Promise.all([
    roomFor(db, userId, roomId),
    rightsIn(db, userId, roomId),
    ignoredBy(db, userId),
    starredIn(db, userId, roomId),
  ]);
  const viewer = new Viewer({ room, userId, rights, ignored, starred });
  ctx.assign({ viewer });
  const { messages, hasMore } = await newestMessages(db, userId, roomId);
  const members = await membersOf(db, roomId);
  const lastReadSeq = await lastReadIn(db, userId, roomId);
  return { room, me: rights, members, messages: messages.map(viewer.own), hasMore, starred, lastReadSeq };
}
