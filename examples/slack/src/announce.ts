/** The one place that turns what has happened into broadcasts, so that channels and HTTP tell the same. */
import type { NotificationPushes, RoomCommands, RoomPushes, UserCommands, UserPushes } from "./contract.ts";
import type { Db } from "./database.ts";
import type { Happening, Outcome } from "./happening.ts";
import { inOrder } from "./order.ts";

/** An endpoint, or `ctx.endpoint`. */
export interface Broadcaster {
  broadcast(topic: string, event: string, payload: object): void;
}

/** What the tabs of one user tell each other; no page is ever on this topic. */
export interface SelfEvents {
  readonly starred: { readonly messageId: number; readonly starred: boolean };
  readonly ignored: { readonly userId: number; readonly ignored: boolean };
  readonly preferred: { readonly roomId: number };
}

export const roomTopic = (roomId: number): string => `room:${roomId}`;
export const userTopic = (userId: number): string => `user:${userId}`;
/** The id of a session's connections: a "disconnect" on it closes them. */
export const sessionTopic = (sessionId: string): string => `session_socket:${sessionId}`;
export const selfTopic = (userId: number): string => `self:${userId}`;

/** Carries out a change of a room and tells of it, in the room's order. Gives the change's result. */
export function perform<Result>(
  db: Db,
  to: Broadcaster,
  roomId: number,
  work: () => Promise<Outcome<Result>>,
): Promise<Result> {
  return inOrder(db, roomId, () => carryOut(to, work));
}

/** The same for changes that belong to no room, or make one. */
export async function carryOut<Result>(to: Broadcaster, work: () => Promise<Outcome<Result>>): Promise<Result> {
  const { result, happened } = await work();
  announce(to, happened);
  return result;
}

export function announce(to: Broadcaster, happened: readonly Happening[]): void {
  for (const happening of happened) tell(to, happening);
}

function tell(to: Broadcaster, happening: Happening): void {
  switch (happening.what) {
    case "message":
      return toRoom(to, happening.message.roomId, "message:new", happening.message);
    case "edited":
      return toRoom(to, happening.message.roomId, "message:updated", happening.message);
    case "deleted":
      return toRoom(to, happening.roomId, "message:deleted", { id: happening.id, seq: happening.seq });
    case "reacted": {
      const { roomId, messageId, seq, reactions } = happening;
      return toRoom(to, roomId, "reaction", { messageId, seq, reactions });
    }
    case "pinned": {
      const { roomId, messageId, seq, pinned, by } = happening;
      return toRoom(to, roomId, "pinned", { messageId, seq, pinned, by });
    }
    case "room":
      return toRoom(to, happening.room.id, "room:update", { room: happening.room });
    case "rights":
      return toRoom(to, happening.roomId, "room:state_change", {});
    case "member":
      return toRoom(to, happening.roomId, "member:changed", { member: happening.member });
    default:
      tellOne(to, happening);
  }
}

/** What concerns one user above all. */
function tellOne(to: Broadcaster, happening: Happening): void {
  switch (happening.what) {
    case "joined": {
      const { roomId, member } = happening;
      toUser(to, member.user.id, "room:join", { roomId, open: false });
      return toRoom(to, roomId, "member:joined", { member });
    }
    case "left": {
      const { roomId, roomName, user, why } = happening;
      toRoom(to, roomId, "member:left", { userId: user.id, username: user.username, why });
      return toUser(to, user.id, "room:leave", { roomId, name: roomName, why });
    }
    case "shown": {
      const { userId, roomId, direct } = happening;
      if (direct) return toUser(to, userId, "direct:new", { roomId });
      return toUser(to, userId, "room:join", { roomId, open: false });
    }
    case "read":
      return toUser(to, happening.userId, "unread", happening.unread);
    case "preferred":
      return toSelf(to, happening.userId, "preferred", { roomId: happening.roomId });
    case "starred": {
      const { userId, messageId, starred } = happening;
      return toSelf(to, userId, "starred", { messageId, starred });
    }
    case "ignored": {
      const { userId, ignoredId, ignored } = happening;
      return toSelf(to, userId, "ignored", { userId: ignoredId, ignored });
    }
    default:
      tellNotification(to, happening);
  }
}

function tellNotification(to: Broadcaster, happening: Happening): void {
  switch (happening.what) {
    case "notified": {
      const { userId, notification, unread } = happening;
      toInbox(to, userId, "new_notification", { notification, unread });
      const { kind, roomId, seq } = notification;
      if (kind === "mention" && seq !== null) toUser(to, userId, "room:mention", { roomId, seq });
      return toUser(to, userId, "refreshMentions", { unread });
    }
    case "retracted":
    case "seen": {
      const { what, userId, ids, unread } = happening;
      toInbox(to, userId, what === "seen" ? "read" : "retract", { ids, unread });
      return toUser(to, userId, "refreshMentions", { unread });
    }
  }
}

type RoomEvents = RoomPushes & RoomCommands;
type UserEvents = UserPushes & UserCommands;

function toRoom<E extends keyof RoomEvents & string>(
  to: Broadcaster,
  roomId: number,
  event: E,
  payload: RoomEvents[E],
): void {
  to.broadcast(roomTopic(roomId), event, payload);
}

function toUser<E extends keyof UserEvents & string>(
  to: Broadcaster,
  userId: number,
  event: E,
  payload: UserEvents[E],
): void {
  to.broadcast(userTopic(userId), event, payload);
}

function toSelf<E extends keyof SelfEvents & string>(
  to: Broadcaster,
  userId: number,
  event: E,
  payload: SelfEvents[E],
): void {
  to.broadcast(selfTopic(userId), event, payload);
}

function toInbox<E extends keyof NotificationPushes & string>(
  to: Broadcaster,
  userId: number,
  event: E,
  payload: NotificationPushes[E],
): void {
  to.broadcast(`notifications:${userId}`, event, payload);
}
