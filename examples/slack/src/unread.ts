/**
 * What is unread, for each user and room. It is never counted up: it follows from the last message that the user has
 * read, whatever was sent, edited or deleted meanwhile, so no update can be lost.
 */
import { and, eq, lt, sql } from "drizzle-orm";
import { Batch } from "./batch.ts";
import type { Unread } from "./contract.ts";
import type { Db } from "./database.ts";
import { members, rooms } from "./database/schema.ts";
import type { Happening, Outcome } from "./happening.ts";
import { readOfRoom } from "./notifications.ts";
import { refused } from "./refused.ts";

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
  return db
    .select({ roomId: members.roomId, ...UNREAD_COLUMNS })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .where(eq(members.userId, userId));
}

/** One room; undefined when the user is not in it. */
export async function unreadIn(db: Db, userId: number, roomId: number): Promise<Unread | undefined> {
  return (await stateIn(db, userId, roomId))?.unread;
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
  const state = await stateIn(db, userId, roomId);
  if (state === undefined) throw refused("not_found", "You are not in this channel.");
  const { unread, hasNotifications } = state;
  const seen = hasNotifications ? await readOfRoom(db, userId, roomId, unread.lastReadSeq) : [];
  const read: Happening[] = advanced.length === 0 ? [] : [{ what: "read", userId, unread }];
  return { result: unread, happened: [...read, ...seen] };
}

interface Place {
  readonly userId: number;
  readonly roomId: number;
}

interface State {
  readonly unread: Unread;
  /** Some tell of the room, and were not read. */
  readonly hasNotifications: boolean;
}

const batches = new WeakMap<Db, Batch<Place, State | undefined>>();

/** A message makes a room unread for everybody in it: all their tabs share one query. */
function stateIn(db: Db, userId: number, roomId: number): Promise<State | undefined> {
  let batch = batches.get(db);
  if (batch === undefined) batches.set(db, (batch = new Batch((places) => statesIn(db, places))));
  return batch.ask({ userId, roomId });
}

async function statesIn(db: Db, places: readonly Place[]): Promise<(State | undefined)[]> {
  const userIds = sql.param(places.map(({ userId }) => userId));
  const roomIds = sql.param(places.map(({ roomId }) => roomId));
  const rows = await db
    .select({
      userId: members.userId,
      roomId: members.roomId,
      ...UNREAD_COLUMNS,
      hasNotifications: sql<boolean>`exists (
        select from notifications n
        where n.user_id = ${members.userId} and n.room_id = ${members.roomId} and n.read_at is null
      )`,
    })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .where(
      sql`(${members.userId}, ${members.roomId}) in (select * from unnest(${userIds}::integer[], ${roomIds}::integer[]))`,
    );
  const states = new Map(
    rows.map(({ userId, hasNotifications, ...unread }) => [`${userId}:${unread.roomId}`, { unread, hasNotifications }]),
  );
  return places.map(({ userId, roomId }) => states.get(`${userId}:${roomId}`));
}
