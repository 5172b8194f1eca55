/** The announcement that stands above every page, the login screen's too. There is one at a time, or none. */
import { desc, isNull } from "drizzle-orm";
import type { Announcement } from "./contract.ts";
import type { Db } from "./database.ts";
import { announcements } from "./database/schema.ts";

export async function currentAnnouncement(db: Db): Promise<Announcement | null> {
  const [row] = await db
    .select({ id: announcements.id, text: announcements.text })
    .from(announcements)
    .where(isNull(announcements.endedAt))
    .orderBy(desc(announcements.id))
    .limit(1);
  return row ?? null;
}

/** Replaces the announcement; null ends it. */
export function setAnnouncement(db: Db, userId: number, text: string | null): Promise<Announcement | null> {
  return db.transaction(async (tx) => {
    await tx.update(announcements).set({ endedAt: new Date() }).where(isNull(announcements.endedAt));
    if (text === null) return null;
    const [row] = await tx.insert(announcements).values({ text, createdBy: userId }).returning();
    return row === undefined ? null : { id: row.id, text: row.text };
  });
}
