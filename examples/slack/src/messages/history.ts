/** A room's messages page by page, without those of people whom the reader ignores. */
import { and, asc, desc, eq, gt, gte, inArray, lt, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { HistoryPage, Message, OwnMessage } from "../contract.ts";
import type { Db } from "../database.ts";
import { messages, stars } from "../database/schema.ts";
import { rightsIn } from "../permissions.ts";
import { refused } from "../refused.ts";
import { ensureView } from "../rooms/find.ts";
import { ownMessage, selectMessages } from "./view.ts";

/** What a join answers. */
export interface Opening {
  readonly messages: readonly Message[];
  readonly hasMore: boolean;
}

export interface Where {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly limit: number;
}

const FIRST = 50;

export async function newestMessages(db: Db, userId: number, roomId: number): Promise<Opening> {
  const { found, more } = await older(db, userId, roomId, undefined, FIRST);
  return { messages: found, hasMore: more };
}

/** Messages before or after a number, or around it; without any, the newest. */
export async function history(db: Db, userId: number, roomId: number, where: Where): Promise<HistoryPage> {
  await ensureView(db, userId, roomId);
  const { before, after, around, limit } = where;
  if ([before, after, around].filter((seq) => seq !== undefined).length > 1) {
    throw refused("invalid", "Ask for messages before, after or around one.");
  }
  if (around !== undefined) return pageAround(db, userId, roomId, around, limit);
  if (after !== undefined) {
    const { found, more } = await newer(db, userId, roomId, after, limit);
    return { messages: await ownMessages(db, userId, roomId, found), hasOlder: after > 0, hasNewer: more };
  }
  const { found, more } = await older(db, userId, roomId, before, limit);
  const messages = await ownMessages(db, userId, roomId, found);
  return { messages, hasOlder: more, hasNewer: await isAny(db, userId, roomId, before) };
}

async function pageAround(db: Db, userId: number, roomId: number, seq: number, limit: number): Promise<HistoryPage> {
  const half = Math.floor(limit / 2);
  const above = await older(db, userId, roomId, seq, half);
  const below = await newer(db, userId, roomId, seq - 1, limit - half);
  const messages = await ownMessages(db, userId, roomId, [...above.found, ...below.found]);
  return { messages, hasOlder: above.more, hasNewer: below.more };
}

interface Found {
  /** In the order of `seq`. */
  readonly found: readonly Message[];
  /** Whether there are others beyond them. */
  readonly more: boolean;
}

async function older(
  db: Db,
  userId: number,
  roomId: number,
  before: number | undefined,
  limit: number,
): Promise<Found> {
  const where = and(visible(userId, roomId), before === undefined ? undefined : lt(messages.seq, before));
  const rows = await selectMessages(db, { where, orderBy: desc(messages.seq), limit: limit + 1 });
  return { found: rows.slice(0, limit).toReversed(), more: rows.length > limit };
}

async function newer(db: Db, userId: number, roomId: number, after: number, limit: number): Promise<Found> {
  const where = and(visible(userId, roomId), gt(messages.seq, after));
  const rows = await selectMessages(db, { where, orderBy: asc(messages.seq), limit: limit + 1 });
  return { found: rows.slice(0, limit), more: rows.length > limit };
}

async function isAny(db: Db, userId: number, roomId: number, from: number | undefined): Promise<boolean> {
  if (from === undefined) return false;
  const [row] = await db
    .select({ id: messages.id })
    .from(messages)
    .where(and(visible(userId, roomId), gte(messages.seq, from)))
    .limit(1);
  return row !== undefined;
}

const visible = (userId: number, roomId: number): SQL | undefined =>
  and(
    eq(messages.roomId, roomId),
    sql`not exists (select from ignores i where i.user_id = ${userId} and i.ignored_id = ${messages.userId})`,
  );

/** With what one user may do with each, and has starred. */
export async function ownMessages(
  db: Db,
  userId: number,
  roomId: number,
  found: readonly Message[],
): Promise<OwnMessage[]> {
  if (found.length === 0) return [];
  const { permissions } = await rightsIn(db, userId, roomId);
  const ids = found.map(({ id }) => id);
  const rows = await db
    .select({ id: stars.messageId })
    .from(stars)
    .where(and(eq(stars.userId, userId), inArray(stars.messageId, ids)));
  const starred = new Set(rows.map(({ id }) => id));
  return found.map((message) => ownMessage(message, userId, permissions, starred.has(message.id)));
}
