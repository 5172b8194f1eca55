/** Messages that belong together: a room's pins and files, a user's mentions and stars. The newest come first. */
import { and, desc, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { OwnMessage, SearchHit } from "../contract.ts";
import type { Db } from "../database.ts";
import { messages } from "../database/schema.ts";
import { ensureView } from "../rooms/find.ts";
import { ownMessages } from "./history.ts";
import { hitsWhere } from "./search.ts";
import { selectMessages } from "./view.ts";

const LIMIT = 100;

export const pinnedIn = (db: Db, userId: number, roomId: number): Promise<OwnMessage[]> =>
  collect(db, userId, roomId, isNotNull(messages.pinnedAt));

export const filesIn = (db: Db, userId: number, roomId: number): Promise<OwnMessage[]> =>
  collect(db, userId, roomId, sql`exists (select from attachments a where a.message_id = ${messages.id})`);

export const mentionsOf = (db: Db, userId: number): Promise<SearchHit[]> =>
  hitsWhere(
    db,
    userId,
    sql`exists (select from mentions n where n.message_id = ${messages.id} and n.user_id = ${userId})`,
  );

export const starsOf = (db: Db, userId: number): Promise<SearchHit[]> =>
  hitsWhere(
    db,
    userId,
    sql`exists (select from stars s where s.message_id = ${messages.id} and s.user_id = ${userId})`,
  );

async function collect(db: Db, userId: number, roomId: number, which: SQL): Promise<OwnMessage[]> {
  await ensureView(db, userId, roomId);
  const where = and(eq(messages.roomId, roomId), isNull(messages.deletedAt), which);
  const found = await selectMessages(db, { where, orderBy: desc(messages.seq), limit: LIMIT });
  return ownMessages(db, userId, roomId, found);
}
