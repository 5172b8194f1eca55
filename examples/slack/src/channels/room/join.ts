import { ignoredBy } from "../../accounts.ts";
import type { Broadcaster } from "../../announce.ts";
import type { RoomJoined } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { messagesAfter, newestMessages, starredIn } from "../../messages.ts";
import { rightsIn } from "../../permissions.ts";
import { Refused } from "../../refused.ts";
import { canView, ensureView, NOT_SEEN, lastReadIn, membersOf, roomFor } from "../../rooms.ts";
import { userOf } from "../../visitor.ts";
import { idIn } from "../../shapes.ts";
import { ensureLogin } from "../login.ts";
import { ownTopics } from "./own.ts";
import type { RoomContext } from "./own.ts";
import { Viewer, viewerOf } from "./viewer.ts";

/** The channel tells itself that it has joined, and what the last message was then. */
export interface Joined {
  readonly joinedAt: number;
}

interface JoiningContext extends RoomContext {
  readonly endpoint: Broadcaster;
  readonly params: { readonly id: string };
  assign(values: { viewer: Viewer }): void;
  subscribe(topic: string): void;
  send(message: Joined): void;
}

/** Lets users into a room that they may see, with what they have missed since the message `after`. */
export async function joinRoomChannel(db: Db, ctx: JoiningContext, after: number | undefined): Promise<RoomJoined> {
  const { user } = await ensureLogin(db, ctx);
  const userId = user.id;
  const roomId = idIn(ctx.params.id);
  // No such room, and no way into it: strangers cannot tell one from the other.
  if (roomId === undefined) throw new Refused("unauthorized", NOT_SEEN);
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
  const page = await (after === undefined
    ? newestMessages(db, userId, roomId)
    : messagesAfter(db, userId, roomId, after));
  // Broadcasts are not heard until the client is on the topic: see `catchUp`.
  ctx.send({ joinedAt: Math.max(room.lastSeq, page.messages.at(-1)?.seq ?? 0) });
  const members = await membersOf(db, roomId);
  const lastReadSeq = await lastReadIn(db, userId, roomId);
  return { room, me: rights, members, ...page, messages: page.messages.map(viewer.own), lastReadSeq };
}

/** What has happened after the reply was made, and before the client was on the topic. False: the user was kicked. */
export async function catchUp(db: Db, ctx: RoomContext, joinedAt: number): Promise<boolean> {
  const viewer = viewerOf(ctx);
  const userId = userOf(ctx).id;
  const { messages } = await messagesAfter(db, userId, viewer.roomId, joinedAt);
  // Asked afterwards: who is kicked meanwhile gets nothing of what came with it.
  if (!(await canView(db, userId, viewer.roomId))) return false;
  for (const message of messages) if (viewer.isNew(message.id)) ctx.push("message:new", viewer.own(message));
  viewer.settle();
  return true;
}
