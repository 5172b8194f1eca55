import { and, eq } from "drizzle-orm";
import type { Db } from "../database.ts";
import { members, rooms, users } from "../database/schema.ts";
import { ensurePost } from "../permissions.ts";
import { refused } from "../refused.ts";

/** For what members may do also where they may not write: in read-only rooms, and when they are muted. */
export async function ensureActive(db: Db, userId: number, roomId: number): Promise<void> {
  const [row] = await db
    .select({ kind: rooms.kind, archived: rooms.archived, banned: users.bannedReason })
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
  if (row === undefined) throw refused("forbidden", "You are not in this channel.");
  if (row.archived) throw refused("archived", "This channel is archived.");
  // Of the two in a direct room, one may ignore the other.
  if (row.kind === "direct" || row.banned !== null) await ensurePost(db, userId, roomId);
}
