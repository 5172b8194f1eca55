/** The one place that turns what has happened into broadcasts, so that channels and HTTP tell the same. */
import type { Db } from "./database.ts";
import type { Happening, Outcome } from "./happening.ts";
import { inOrder } from "./order.ts";
import { inboxTopic, roomTopic, selfTopic, userTopic } from "./topics.ts";
import type { SlackEndpoint } from "./topics.ts";

/** Carries out a change of a room and tells of it, in the room's order. Gives the change's result. */
export function perform<Result>(
  db: Db,
  to: SlackEndpoint,
  roomId: number,
  work: () => Promise<Outcome<Result>>,
): Promise<Result> {
  return inOrder(db, roomId, () => carryOut(to, work));
}

/** The same for changes that belong to no room, or make one. */
export async function carryOut<Result>(to: SlackEndpoint, work: () => Promise<Outcome<Result>>): Promise<Result> {
  const { result, happened } = await work();
  announce(to, happened);
  return result;
}

export function announce(to: SlackEndpoint, happened: readonly Happening[]): void {
  for (const happening of happened) tell(to, happening);
}

function tell(to: SlackEndpoint, happening: Happening): void {
  switch (happening.what) {
    case "message":
      return to.broadcast(roomTopic(happening.message.roomId), "message:new", happening.message);
    case "edited":
      return to.broadcast(roomTopic(happening.message.roomId), "message:updated", happening.message);
    case "deleted":
      return to.broadcast(roomTopic(happening.roomId), "message:deleted", { id: happening.id, seq: happening.seq });
    case "reacted": {
      const { roomId, messageId, seq, reactions } = happening;
      return to.broadcast(roomTopic(roomId), "reaction", { messageId, seq, reactions });
    }
    case "pinned": {
      const { roomId, messageId, seq, pinned, by } = happening;
      return to.broadcast(roomTopic(roomId), "pinned", { messageId, seq, pinned, by });
    }
    case "room":
      return to.broadcast(roomTopic(happening.room.id), "room:update", { room: happening.room });
    case "rights":
      return to.command(roomTopic(happening.roomId), "room:state_change", {});
    case "member":
      return to.broadcast(roomTopic(happening.roomId), "member:changed", { member: happening.member });
    default:
      tellOne(to, happening);
  }
}

/** What concerns one user above all. */
function tellOne(to: SlackEndpoint, happening: Happening): void {
  switch (happening.what) {
    case "joined": {
      const { roomId, member } = happening;
      to.command(userTopic(member.user.id), "room:join", { roomId, open: false });
      return to.broadcast(roomTopic(roomId), "member:joined", { member });
    }
    case "left": {
      const { roomId, roomName, user, why } = happening;
      to.broadcast(roomTopic(roomId), "member:left", { userId: user.id, username: user.username, why });
      return to.command(userTopic(user.id), "room:leave", { roomId, name: roomName, why });
    }
    case "shown": {
      const { userId, roomId, direct } = happening;
      if (direct) return to.command(userTopic(userId), "direct:new", { roomId });
      return to.command(userTopic(userId), "room:join", { roomId, open: false });
    }
    case "read":
      return to.broadcast(userTopic(happening.userId), "unread", happening.unread);
    case "preferred":
      return to.broadcast(selfTopic(happening.userId), "preferred", { roomId: happening.roomId });
    case "starred": {
      const { userId, messageId, starred } = happening;
      return to.broadcast(selfTopic(userId), "starred", { messageId, starred });
    }
    case "ignored": {
      const { userId, ignoredId, ignored } = happening;
      return to.broadcast(selfTopic(userId), "ignored", { userId: ignoredId, ignored });
    }
    default:
      tellNotification(to, happening);
  }
}

function tellNotification(to: SlackEndpoint, happening: Happening): void {
  switch (happening.what) {
    case "notified": {
      const { userId, notification, unread } = happening;
      to.broadcast(inboxTopic(userId), "new_notification", { notification, unread });
      const { kind, roomId, seq } = notification;
      if (kind === "mention" && seq !== null) to.command(userTopic(userId), "room:mention", { roomId, seq });
      return to.broadcast(userTopic(userId), "refreshMentions", { unread });
    }
    case "retracted":
    case "seen": {
      const { what, userId, ids, unread } = happening;
      to.broadcast(inboxTopic(userId), what === "seen" ? "read" : "retract", { ids, unread });
      return to.broadcast(userTopic(userId), "refreshMentions", { unread });
    }
  }
}
