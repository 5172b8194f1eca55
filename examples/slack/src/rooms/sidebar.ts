/** The rooms of one user, and those that the user could join. */
import { and, asc, eq, sql } from "drizzle-orm";
import { USER_COLUMNS } from "../accounts.ts";
import type { BrowsedRoom, NotifyLevel, RoomSummary } from "../contract.ts";
import type { Db } from "../database.ts";
import { members, rooms, users } from "../database/schema.ts";
import type { Outcome } from "../happening.ts";
import { can } from "../permissions.ts";
import { refused } from "../refused.ts";
import { UNREAD_COLUMNS } from "../unread.ts";
import { isPeer, PEER_MEMBERS, toRoom } from "./find.ts";

/** All rooms of a user with what is unread in them: one query. */
export function summaries(db: Db, userId: number): Promise<RoomSummary[]> {
  return select(db, userId);
}

/** One room of a user; undefined when they are not in it. */
export async function summaryIfMember(db: Db, userId: number, roomId: number): Promise<RoomSummary | undefined> {
  return (await select(db, userId, roomId))[0];
}

/** The same for a user who must be in it. */
export async function summaryOf(db: Db, userId: number, roomId: number): Promise<RoomSummary> {
  const summary = await summaryIfMember(db, userId, roomId);
  if (summary === undefined) throw refused("not_found", "You are not in this channel.");
  return summary;
}

export async function roomIdsOf(db: Db, userId: number): Promise<number[]> {
  const rows = await db.select({ id: members.roomId }).from(members).where(eq(members.userId, userId));
  return rows.map(({ id }) => id);
}

/** Public rooms by a part of their name or topic, and private ones that the user is in. Archived ones come last. */
export async function browseRooms(db: Db, userId: number, query: string): Promise<BrowsedRoom[]> {
  const mayView = await can(db, userId, "view-public");
  const part = `%${query
    .trim()
    .replace(/^#/, "")
    .replace(/[\\%_]/g, "\\$&")}%`;
  return db
    .select({
      id: rooms.id,
      kind: rooms.kind,
      name: sql<string>`${rooms.name}`,
      topic: rooms.topic,
      members: sql<number>`(select count(*)::integer from members m where m.room_id = ${rooms.id})`,
      joined: sql<boolean>`${members.userId} is not null`,
      archived: rooms.archived,
    })
    .from(rooms)
    .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, userId)))
    .where(
      and(
        sql`${rooms.kind} <> 'direct' and (${members.userId} is not null or (${rooms.kind} = 'public' and ${mayView}))`,
        sql`(${rooms.name} ilike ${part} or ${rooms.topic} ilike ${part})`,
      ),
    )
    .orderBy(rooms.archived, sql`not (${rooms.name} ilike ${part.slice(1)})`, rooms.name)
    .limit(100);
}

/** Star, hidden and notify are each user's own. */
export async function setRoomPreferences(
  db: Db,
  userId: number,
  roomId: number,
  choices: {
    readonly starred?: boolean | undefined;
    readonly hidden?: boolean | undefined;
    readonly notify?: NotifyLevel | undefined;
  },
): Promise<Outcome<void>> {
  const { starred, hidden, notify } = choices;
  if (starred === undefined && hidden === undefined && notify === undefined) return { result: undefined, happened: [] };
  const changed = await db
    .update(members)
    .set({ starred, hidden, notify })
    .where(and(eq(members.roomId, roomId), eq(members.userId, userId)))
    .returning({ roomId: members.roomId });
  if (changed.length === 0) throw refused("not_found", "You are not in this channel.");
  return { result: undefined, happened: [{ what: "preferred", userId, roomId }] };
}

async function select(db: Db, userId: number, roomId?: number): Promise<RoomSummary[]> {
  const { starred, hidden, notify } = members;
  const rows = await db
    .select({ room: rooms, peer: USER_COLUMNS, starred, hidden, notify, ...UNREAD_COLUMNS })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .leftJoin(PEER_MEMBERS, isPeer(userId))
    .leftJoin(users, eq(users.id, PEER_MEMBERS.userId))
    .where(and(eq(members.userId, userId), roomId === undefined ? undefined : eq(members.roomId, roomId)))
    .orderBy(asc(rooms.name), asc(users.name), asc(rooms.id));
  return rows.map(({ room, peer, starred, hidden, notify, hasUnread, mentions, lastReadSeq }) => ({
    ...toRoom(room, peer),
    starred,
    hidden,
    notify,
    unread: { roomId: room.id, hasUnread, mentions, lastReadSeq },
  }));
}
