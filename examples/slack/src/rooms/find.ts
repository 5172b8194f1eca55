import { and, asc, eq, ne, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { USER_COLUMNS } from "../accounts.ts";
import type { Member, Room, User } from "../contract.ts";
import type { Db } from "../database.ts";
import { members, rooms, users } from "../database/schema.ts";
import { can } from "../permissions.ts";
import { refused } from "../refused.ts";

/** A room's own row, as broadcasts have it: a direct room has a peer only for one of its two members. */
export async function findRoom(db: Db, roomId: number): Promise<Room> {
  const [row] = await db.select().from(rooms).where(eq(rooms.id, roomId));
  if (row === undefined) throw refused("not_found", "There is no such channel.");
  return toRoom(row, null);
}

/** A room as one user sees it. */
export async function roomFor(db: Db, userId: number, roomId: number): Promise<Room> {
  const [row] = await selectRooms(db)
    .leftJoin(PEER_MEMBERS, isPeer(userId))
    .leftJoin(users, eq(users.id, PEER_MEMBERS.userId))
    .where(eq(rooms.id, roomId));
  if (row === undefined) throw refused("not_found", "There is no such channel.");
  return toRoom(row.room, row.peer);
}

/** A public room, or one that the user is in, by its name. */
export async function roomNamed(db: Db, userId: number, name: string): Promise<Room> {
  const [row] = await db
    .select({ room: rooms })
    .from(rooms)
    .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, userId)))
    .where(
      sql`lower(${rooms.name}) = ${name.replace(/^#/, "").toLowerCase()} and (${rooms.kind} = 'public' or ${members.userId} is not null)`,
    );
  if (row === undefined) throw refused("not_found", `There is no channel #${name.replace(/^#/, "")}.`);
  return toRoom(row.room, null);
}

/** Whether somebody may read a room: its members, and of a public one all who may view those. */
export async function canView(db: Db, userId: number, roomId: number): Promise<boolean> {
  const [row] = await db
    .select({ kind: rooms.kind, memberId: members.userId })
    .from(rooms)
    .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, userId)))
    .where(eq(rooms.id, roomId));
  if (row === undefined) return false;
  return row.memberId !== null || (row.kind === "public" && (await can(db, userId, "view-public")));
}

/** There may be such a room or not: who is not in it does not learn which. */
export const NOT_SEEN = "There is no such channel, or you are not in it.";

/** Refuses, the same for rooms that there are not and rooms that are none of the user's business. */
export async function ensureView(db: Db, userId: number, roomId: number): Promise<void> {
  if (!(await canView(db, userId, roomId))) throw refused("unauthorized", NOT_SEEN);
}

/** Everybody in a room, by name. */
export async function membersOf(db: Db, roomId: number): Promise<Member[]> {
  return db
    .select({ user: USER_COLUMNS, role: members.role, muted: members.muted })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.roomId, roomId))
    .orderBy(asc(users.username));
}

export async function memberIn(db: Db, roomId: number, userId: number): Promise<Member | undefined> {
  const [member] = await db
    .select({ user: USER_COLUMNS, role: members.role, muted: members.muted })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
  return member;
}

/** Up to where somebody has read; 0 for who is not in the room. */
export async function lastReadIn(db: Db, userId: number, roomId: number): Promise<number> {
  const [row] = await db
    .select({ seq: members.lastReadSeq })
    .from(members)
    .where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
  return row?.seq ?? 0;
}

/** The other one in a direct room. */
export const PEER_MEMBERS = alias(members, "peer_members");
export const isPeer = (userId: number) =>
  and(eq(PEER_MEMBERS.roomId, rooms.id), ne(PEER_MEMBERS.userId, userId), eq(rooms.kind, "direct"));

export function toRoom(row: typeof rooms.$inferSelect, peer: User | null): Room {
  const { id, kind, topic, readOnly, archived, lastSeq } = row;
  return { id, kind, name: row.name ?? peer?.name ?? "", topic, readOnly, archived, lastSeq, peer };
}

const selectRooms = (db: Db) => db.select({ room: rooms, peer: USER_COLUMNS }).from(rooms).$dynamic();
