/** What concerns this user alone in a room, and may change while it is open. */
import { stop } from "wingbeat";
import type { Stop } from "wingbeat";
import type { Db } from "../../database.ts";
import { messageIn } from "../../messages.ts";
import { rightsIn } from "../../permissions.ts";
import { canView } from "../../rooms.ts";
import { selfTopic, userTopic } from "../../topics.ts";
import { userOf } from "../../visitor.ts";
import type { RoomContext, RoomNews } from "./context.ts";
import { viewerOf } from "./viewer.ts";

/** The topics beyond the room that say what this user may do and see in it. */
export const ownTopics = (userId: number) => [selfTopic(userId), userTopic(userId), "user:role"] as const;

export async function followOwn(db: Db, ctx: RoomContext, news: RoomNews): Promise<Stop<undefined> | undefined> {
  // Banned or not any more, or a role has got other permissions.
  if (news.event === "reauthenticate" || news.event === "permissionsChanged") return pushRights(db, ctx);
  if (news.topic !== selfTopic(userOf(ctx).id)) return undefined;
  const viewer = viewerOf(ctx);
  if (news.event === "ignored") {
    viewer.ignore(news.payload.userId, news.payload.ignored);
  } else if (news.event === "starred") {
    const { messageId, starred } = news.payload;
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
