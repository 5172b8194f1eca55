/** What users have been told of their unread messages, beside what the database says, computed in a way of its own. */
import { sql } from "drizzle-orm";
import type { Db } from "../../src/database.ts";
import type { Crowd } from "./crowd.ts";

interface Truth extends Record<string, unknown> {
  readonly user_id: number;
  readonly room_id: number;
  readonly unread: number;
  readonly mentions: number;
}

export async function compare(db: Db, crowd: Crowd): Promise<{ checked: number; found: string[] }> {
  const ids = new Set(crowd.guests.map(({ id }) => id));
  const answer = await db.execute<Truth>(sql`
    select m.user_id, m.room_id,
      count(x.id) filter (where x.user_id <> m.user_id)::int as unread,
      count(t.message_id)::int as mentions
    from members m
    left join messages x on x.room_id = m.room_id and x.seq > m.last_read_seq and x.kind = 'message' and x.deleted_at is null
    left join mentions t on t.message_id = x.id and t.user_id = m.user_id
    group by m.user_id, m.room_id`);
  const rows = (answer as unknown as { rows: Truth[] }).rows.filter(({ user_id }) => ids.has(user_id));
  const truth = new Map(rows.map((row) => [`${row.user_id}:${row.room_id}`, row]));
  const found: string[] = [];
  let checked = 0;
  for (const guest of crowd.guests) {
    for (const { id, unread } of guest.state.rooms) {
      const expected = truth.get(`${guest.id}:${id}`);
      checked++;
      if (expected === undefined) found.push(`${guest.username} sees room ${id}, of which they are no member`);
      else if (unread.hasUnread !== expected.unread > 0 || unread.mentions !== expected.mentions) {
        found.push(
          `${guest.username} in room ${id}: told ${unread.hasUnread}/${unread.mentions}, the database says ${expected.unread > 0}/${expected.mentions}`,
        );
      }
    }
  }
  return { checked, found };
}
