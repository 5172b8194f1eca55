/** Full-text search, in the rooms that the searcher may see. */
import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { USER_COLUMNS } from "../accounts.ts";
import type { Message, SearchHit } from "../contract.ts";
import type { Db } from "../database.ts";
import { messages, rooms, users } from "../database/schema.ts";
import { can } from "../permissions.ts";
import { isPeer, PEER_MEMBERS } from "../rooms/find.ts";
import { selectMessages } from "./view.ts";

const LIMIT = 50;
/** Of several rooms: ids follow the times only as closely as transactions do, and in the demo data not at all. */
const NEWEST_FIRST = sql`${messages.createdAt} desc, ${messages.id} desc`;
/** A word at the end that may not be finished: not quoted, and not one to be left out. */
const LAST_WORD = /^(.*?)(?<![\p{L}\p{N}_"-])([\p{L}\p{N}_]+)$/su;

/** The newest messages with all the words of the query; of the last one the beginning will do. */
export async function search(db: Db, userId: number, query: string, roomId?: number): Promise<SearchHit[]> {
  const text = query.trim();
  if (text === "") return [];
  return hitsWhere(
    db,
    userId,
    and(sql`${messages.words} @@ ${wordsOf(text)}`, roomId === undefined ? undefined : eq(messages.roomId, roomId)),
  );
}

/** As search engines read queries: `"these words"`, `-not this`, `this or that`. */
function wordsOf(text: string): SQL {
  const whole = sql`websearch_to_tsquery('simple', ${text})`;
  const isQuoted = (text.split('"').length - 1) % 2 === 1;
  const [, start = "", last = ""] = LAST_WORD.exec(text) ?? [];
  if (isQuoted || last === "" || /\bor\s*$/i.test(start)) return whole;
  return sql`(${whole} || (websearch_to_tsquery('simple', ${start}) && to_tsquery('simple', ${`${last}:*`})))`;
}

/** Messages in the rooms of a user and in public ones, the newest first. */
export async function hitsWhere(db: Db, userId: number, which: SQL | undefined): Promise<SearchHit[]> {
  const mayView = await can(db, userId, "view-public");
  const where = and(
    which,
    eq(messages.kind, "message"),
    isNull(messages.deletedAt),
    sql`exists (
      select from rooms r left join members m on m.room_id = r.id and m.user_id = ${userId}
      where r.id = ${messages.roomId} and (m.user_id is not null or (r.kind = 'public' and ${mayView}))
    )`,
    sql`not exists (select from ignores i where i.user_id = ${userId} and i.ignored_id = ${messages.userId})`,
  );
  const found = await selectMessages(db, { where, orderBy: NEWEST_FIRST, limit: LIMIT });
  const roomById = await roomsOf(db, userId, found);
  return found.flatMap((message) => {
    const room = roomById.get(message.roomId);
    return room === undefined ? [] : [{ message, room }];
  });
}

async function roomsOf(db: Db, userId: number, found: readonly Message[]): Promise<Map<number, SearchHit["room"]>> {
  const ids = [...new Set(found.map(({ roomId }) => roomId))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: rooms.id, kind: rooms.kind, name: rooms.name, peer: USER_COLUMNS })
    .from(rooms)
    .leftJoin(PEER_MEMBERS, isPeer(userId))
    .leftJoin(users, eq(users.id, PEER_MEMBERS.userId))
    .where(inArray(rooms.id, ids));
  return new Map(rows.map(({ id, kind, name, peer }) => [id, { kind, name: name ?? peer?.name ?? "" }]));
}
