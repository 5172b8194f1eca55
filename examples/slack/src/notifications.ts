/** What a user is told beyond the rooms: stored first, one for each user and message, then broadcast. */
import { and, count, desc, eq, gt, inArray, isNull, lt, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { USER_COLUMNS } from "./accounts.ts";
import type { Message, Notification, User } from "./contract.ts";
import type { Db } from "./database.ts";
import { notifications, rooms, users } from "./database/schema.ts";
import type { Happening, Outcome } from "./happening.ts";

/** Of the list, the newest first. */
export interface NotificationPage {
  readonly items: Notification[];
  /** Where the next page begins; null when there is none. */
  readonly cursor: number | null;
}

/** A notification that is to be made. */
export interface Occasion {
  readonly kind: Notification["kind"];
  readonly actor: User;
  readonly room: { readonly id: number; readonly name: string };
  /** Of what; an invitation is of none. */
  readonly message?: Pick<Message, "id" | "seq" | "body">;
}

const FIRST = 20;
/** More than that are not sent again to a client that was away; it lists them. */
const MISSED = 200;
const EXCERPT = 120;

export const newestNotifications = (db: Db, userId: number): Promise<NotificationPage> => page(db, userId, FIRST);

export const notificationsBefore = (db: Db, userId: number, before: number, limit: number): Promise<NotificationPage> =>
  page(db, userId, limit, lt(notifications.id, before));

/** The newest first. */
export function notificationsAfter(db: Db, userId: number, after: number): Promise<Notification[]> {
  return select(db, userId, MISSED, gt(notifications.id, after));
}

export async function unreadNotifications(db: Db, userId: number): Promise<number> {
  const [row] = await db
    .select({ unread: count() })
    .from(notifications)
    .where(and(eq(notifications.userId, userId), isNull(notifications.readAt)));
  return row?.unread ?? 0;
}

/** Stores one for each of the users, who are not told twice of one message. */
export async function notify(db: Db, userIds: readonly number[], occasion: Occasion): Promise<Happening[]> {
  if (userIds.length === 0) return [];
  const { kind, actor, room, message } = occasion;
  const excerpt = excerptOf(message?.body ?? `#${room.name}`);
  const common = { kind, actorId: actor.id, roomId: room.id, messageId: message?.id, seq: message?.seq, excerpt };
  const stored = await db
    .insert(notifications)
    .values(userIds.map((userId) => ({ userId, ...common })))
    .onConflictDoNothing()
    .returning();
  const unread = await unreadByUser(
    db,
    stored.map(({ userId }) => userId),
  );
  return stored.map((row) => ({
    what: "notified",
    userId: row.userId,
    notification: {
      id: row.id,
      kind,
      actor,
      roomId: room.id,
      roomName: room.name,
      messageId: row.messageId,
      seq: row.seq,
      excerpt,
      at: row.createdAt.toISOString(),
      read: false,
    },
    unread: unread.get(row.userId) ?? 0,
  }));
}

/** Takes back what told of a message: from everybody, or from those who are not mentioned in it any more. */
export async function retract(db: Db, messageId: number, from?: readonly number[]): Promise<Happening[]> {
  if (from?.length === 0) return [];
  const gone = await db
    .delete(notifications)
    .where(and(eq(notifications.messageId, messageId), from && inArray(notifications.userId, [...from])))
    .returning({ id: notifications.id, userId: notifications.userId });
  const unread = await unreadByUser(
    db,
    gone.map(({ userId }) => userId),
  );
  return gone.map(({ id, userId }) => ({ what: "retracted", userId, ids: [id], unread: unread.get(userId) ?? 0 }));
}

export const readOne = (db: Db, userId: number, id: number): Promise<Outcome<{ unread: number }>> =>
  answered(db, userId, read(db, userId, eq(notifications.id, id)));

export const readAll = (db: Db, userId: number, upTo: number): Promise<Outcome<{ unread: number }>> =>
  answered(db, userId, read(db, userId, lte(notifications.id, upTo)));

/** Those that told of a room's messages up to `seq`. */
export const readOfRoom = (db: Db, userId: number, roomId: number, seq: number): Promise<Happening[]> =>
  // An invitation has no message: whoever is in the room has seen it.
  read(db, userId, and(eq(notifications.roomId, roomId), sql`coalesce(${notifications.seq}, 0) <= ${seq}`));

/** Marks unread ones as read. A second time changes nothing, and tells nobody. */
async function read(db: Db, userId: number, which: SQL | undefined): Promise<Happening[]> {
  const changed = await db
    .update(notifications)
    .set({ readAt: new Date() })
    .where(and(eq(notifications.userId, userId), isNull(notifications.readAt), which))
    .returning({ id: notifications.id });
  if (changed.length === 0) return [];
  const ids = changed.map(({ id }) => id);
  return [{ what: "seen", userId, ids, unread: await unreadNotifications(db, userId) }];
}

async function answered(db: Db, userId: number, reading: Promise<Happening[]>): Promise<Outcome<{ unread: number }>> {
  const happened = await reading;
  return { result: { unread: await unreadNotifications(db, userId) }, happened };
}

async function page(db: Db, userId: number, limit: number, which?: SQL): Promise<NotificationPage> {
  const found = await select(db, userId, limit + 1, which);
  const items = found.slice(0, limit);
  return { items, cursor: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

async function select(db: Db, userId: number, limit: number, which: SQL | undefined): Promise<Notification[]> {
  const rows = await db
    .select({ notification: notifications, actor: USER_COLUMNS, roomName: rooms.name })
    .from(notifications)
    .innerJoin(users, eq(users.id, notifications.actorId))
    .innerJoin(rooms, eq(rooms.id, notifications.roomId))
    .where(and(eq(notifications.userId, userId), which))
    .orderBy(desc(notifications.id))
    .limit(limit);
  return rows.map(
    ({ notification: { id, kind, roomId, messageId, seq, excerpt, createdAt, readAt }, actor, roomName }) => ({
      id,
      kind,
      actor,
      roomId,
      // A direct room has the name of whom one talks to there.
      roomName: roomName ?? actor.name,
      messageId,
      seq,
      excerpt,
      at: createdAt.toISOString(),
      read: readAt !== null,
    }),
  );
}

/** One query, however many users. */
async function unreadByUser(db: Db, userIds: readonly number[]): Promise<Map<number, number>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .select({ userId: notifications.userId, unread: count() })
    .from(notifications)
    .where(and(inArray(notifications.userId, [...userIds]), isNull(notifications.readAt)))
    .groupBy(notifications.userId);
  return new Map(rows.map(({ userId, unread }) => [userId, unread]));
}

/** One line, shortened. */
export function excerptOf(body: string): string {
  const line = body.replace(/\s+/g, " ").trim();
  return [...line].length > EXCERPT ? `${[...line].slice(0, EXCERPT - 1).join("")}…` : line;
}
