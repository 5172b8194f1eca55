import { ignoredBy, meOf } from "../../accounts.ts";
import { currentAnnouncement } from "../../announcements.ts";
import type { UserJoined } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { refused } from "../../refused.ts";
import { roomIdsOf, summaries } from "../../rooms.ts";
import { roomTopic, selfTopic } from "../../topics.ts";
import { loginOf } from "../login.ts";
import type { UserContext } from "./context.ts";
import { Tab } from "./tab.ts";

/** Lets users into their own channel, and subscribes it to their rooms. */
export async function joinUser(db: Db, ctx: UserContext): Promise<UserJoined> {
  const { user, sessionId } = loginOf(ctx.assigns);
  if (ctx.params.id !== String(user.id)) throw refused("unauthorized", "This is not for you.");
  // Before anything is read, as this channel's own topic already is: what happens meanwhile comes as a broadcast.
  ctx.subscribe(selfTopic(user.id));
  for (const roomId of await roomIdsOf(db, user.id)) ctx.subscribe(roomTopic(roomId));
  const rooms = await summaries(db, user.id);
  for (const { id } of rooms) ctx.subscribe(roomTopic(id));
  ctx.assign({ tab: new Tab(rooms) });
  return {
    me: await meOf(db, user.id, sessionId),
    rooms,
    announcement: await currentAnnouncement(db),
    ignored: await ignoredBy(db, user.id),
  };
}
