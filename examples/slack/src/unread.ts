/**
 * What is unread, for each user and room. It is never counted up: it follows from the last message that the user has
 * read, whatever was sent, edited or deleted meanwhile, so no update can be lost.
 */
import { and, eq, lt, sql } from "drizzle-orm";
import type { Unread } from "./contract.ts";
import type { Db } from "./database.ts";
import { members, rooms } from "./database/schema.ts";
import type { Happening, Outcome } from "./happening.ts";
import { readOfRoom } from "./notifications.ts";
import { Refused } from "./refused.ts";

/** Messages of others after the last one read. Found by (room_id, seq), so as many rows as are unread are looked at. */
const unreadMessages = sql`
  from messages x
  where x.room_id = ${members.roomId} and x.seq > ${members.lastReadSeq} and x.user_id <> ${members.userId}
    and x.kind = 'message' and x.deleted_at is null
    and not exists (select from ignores i where i.user_id = ${members.userId} and i.ignored_id = x.user_id)`;

/** Unread mentions. Found by (user_id, room_id, seq). */
const unreadMentions = sql`
  from mentions n join messages x on x.id = n.message_id
  where n.user_id = ${members.userId} and n.room_id = ${members.roomId} and n.seq > ${members.lastReadSeq}
    and x.deleted_at is null
    and not exists (select from ignores i where i.user_id = ${members.userId} and i.ignored_id = x.user_id)`;

/** For a query that selects from members and rooms. */
export const UNREAD_COLUMNS = {
  lastReadSeq: members.lastReadSeq,
  /** Bold, unless the user wants to hear of mentions only. */
  hasUnread: sql<boolean>`(${members.notify} <> 'mentions' or ${rooms.kind} = 'direct') and exists (select ${unreadMessages})`,
  /** The number on the badge. A room that is to be quiet has none. */
  mentions: sql<number>`(case
    when ${members.notify} = 'none' then 0
    when ${rooms.kind} = 'direct' then (select count(*) ${unreadMessages})
    else (select count(*) ${unreadMentions})
  end)::integer`,
};

/** All rooms of a user, in one query. */
export function unreadOf(db: Db, userId: number): Promise<Unread[]> {
  return select(db, userId);
}

/** One room; undefined when the user is not in it. */
export async function unreadIn(db: Db, userId: number, roomId: number): Promise<Unread | undefined> {
  return (await select(db, userId, roomId))[0];
}

/** The user has seen the room's messages up to `seq`. What was read stays read: a lower number changes nothing. */
export async function readRoom(db: Db, userId: number, roomId: number, seq: number): Promise<Outcome<Unread>> {
  const advanced = await db
    .update(members)
    // Never beyond the last message: what is sent later is not read yet.
    .set({ lastReadSeq: sql`least(${seq}::integer, (select r.last_seq from rooms r where r.id = ${roomId}))` })
    .where(
      and(
        eq(members.roomId, roomId),
        eq(members.userId, userId),
        lt(members.lastReadSeq, seq),
        sql`${members.lastReadSeq} < (select r.last_seq from rooms r where r.id = ${roomId})`,
      ),
    )
    .returning({ userId: members.userId });
  // Asked when the update is done, and seen by all: then no tab can have looked at the room later and know less.
  const unread = await unreadIn(db, userId, roomId);
  if (unread === undefined) throw new Refused("not_found", "You are not in this channel.");
  const seen = await readOfRoom(db, userId, roomId, unread.lastReadSeq);
  const read: Happening[] = advanced.length === 0 ? [] : [{ what: "read", userId, unread }];
  return { result: unread, happened: [...read, ...seen.happened] };
}

function select(db: Db, userId: number, roomId?: number): Promise<Unread[]> {
  return db
    .select({ roomId: members.roomId, ...UNREAD_COLUMNS })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .where(and(eq(members.userId, userId), roomId === undefined ? undefined : eq(members.roomId, roomId)));
}
