/** What concerns this user alone in a room, and may change while it is open. */
import { stop } from "wingbeat";
import type { Broadcast, Stop } from "wingbeat";
import { selfTopic, userTopic } from "../../announce.ts";
import type { SelfEvents } from "../../announce.ts";
import type { RoomPushes } from "../../contract.ts";
import type { Db } from "../../database.ts";
import { messageIn } from "../../messages.ts";
import { rightsIn } from "../../permissions.ts";
import { canView } from "../../rooms.ts";
import { userOf } from "../../visitor.ts";
import { viewerOf } from "./viewer.ts";
import type { RoomTab } from "./viewer.ts";

export interface RoomContext {
  readonly assigns: RoomTab;
  push<Event extends keyof RoomPushes>(event: Event, payload: RoomPushes[Event]): void;
}

/** The topics beyond the room that say what this user may do and see in it. */
export const ownTopics = (userId: number): string[] => [selfTopic(userId), userTopic(userId), "user:role"];

export async function followOwn(
  db: Db,
  ctx: RoomContext,
  { topic, event, payload }: Broadcast,
): Promise<Stop<undefined> | undefined> {
  if (topic !== selfTopic(userOf(ctx).id)) {
    // Banned or not any more, or a role has got other permissions.
    const isAboutRights = event === "reauthenticate" || event === "permissionsChanged";
    return isAboutRights ? pushRights(db, ctx) : undefined;
  }
  const viewer = viewerOf(ctx);
  if (event === "ignored") {
    const { userId, ignored } = payload as SelfEvents["ignored"];
    viewer.ignore(userId, ignored);
  } else if (event === "starred") {
    const { messageId, starred } = payload as SelfEvents["starred"];
    viewer.star(messageId, starred);
    // Other tabs of this user show the star, too.
    const message = await messageIn(db, viewer.roomId, messageId);
    if (message !== undefined) ctx.push("message:updated", viewer.own(message));
  }
  return undefined;
}

/** Asks what the user may do now, and tells the page. Who may not even read any more hears nothing after it. */
export async function pushRights(db: Db, ctx: RoomContext): Promise<Stop<undefined> | undefined> {
  const viewer = viewerOf(ctx);
  const userId = userOf(ctx).id;
  viewer.rights = await rightsIn(db, userId, viewer.roomId);
  ctx.push("room:state", viewer.rights);
  return (await canView(db, userId, viewer.roomId)) ? undefined : stop();
}
