import { ignoredBy, meOf } from "../../accounts.ts";
import { roomTopic, selfTopic } from "../../announce.ts";
import type { Broadcaster } from "../../announce.ts";
import { currentAnnouncement } from "../../announcements.ts";
import type { UserJoined } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { Refused } from "../../refused.ts";
import { roomIdsOf, summaries } from "../../rooms.ts";
import { ensureLogin } from "../login.ts";
import type { UserContext } from "./follow.ts";
import { removed } from "./rooms.ts";
import { Tab, tabOf } from "./tab.ts";

interface JoiningContext extends UserContext {
  readonly params: { readonly id: string };
  readonly endpoint: Broadcaster;
  assign(values: { tab: Tab }): void;
  afterJoin(task: () => Promise<void>): void;
}

/** Lets users into their own channel, and subscribes it to their rooms. */
export async function joinUser(db: Db, ctx: JoiningContext): Promise<UserJoined> {
  const { user, sessionId } = await ensureLogin(db, ctx);
  if (ctx.params.id !== String(user.id)) throw new Refused("unauthorized", "This is not for you.");
  // Before anything is read: what happens meanwhile comes as a broadcast.
  ctx.subscribe(selfTopic(user.id));
  for (const roomId of await roomIdsOf(db, user.id)) ctx.subscribe(roomTopic(roomId));
  const rooms = await summaries(db, user.id);
  for (const { id } of rooms) ctx.subscribe(roomTopic(id));
  ctx.assign({ tab: new Tab(rooms) });
  ctx.afterJoin(() => catchUp(db, ctx, user.id));
  return {
    me: await meOf(db, user.id, sessionId),
    rooms,
    announcement: await currentAnnouncement(db),
    ignored: await ignoredBy(db, user.id),
  };
}

/** Commands are not heard until the client is on the topic: what they would have said since the rooms were read. */
async function catchUp(db: Db, ctx: UserContext, userId: number): Promise<void> {
  const tab = tabOf(ctx);
  const rooms = await summaries(db, userId);
  for (const roomId of tab.roomIds) {
    if (!rooms.some(({ id }) => id === roomId)) removed(ctx, roomId, tab.room(roomId)?.name ?? "", "left");
  }
  for (const room of rooms) {
    if (tab.room(room.id) === undefined) {
      ctx.subscribe(roomTopic(room.id));
      tab.add(room);
      ctx.push("room:added", { room, open: false });
    } else if (tab.learn(room.unread)) ctx.push("unread", room.unread);
  }
}
