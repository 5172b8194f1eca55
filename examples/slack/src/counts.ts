import { and, count, eq, isNull } from "drizzle-orm";
import type { Db } from "./database.ts";
import { notifications } from "./database/schema.ts";

/** Unread notifications by what they tell of; `99+` for what is beyond the maximum. */
export interface Counts {
  readonly message: number | string;
  readonly mention: number | string;
}

export async function countsOf(db: Db, userId: number, max: number): Promise<Counts> {
  const rows = await db
    .select({ kind: notifications.kind, unread: count() })
    .from(notifications)
    .where(and(eq(notifications.userId, userId), isNull(notifications.readAt)))
    .groupBy(notifications.kind);
  const of = (kind: string): number | string => {
    const unread = rows.find((row) => row.kind === kind)?.unread ?? 0;
    return unread > max ? `${max}+` : unread;
  };
  return { message: of("direct"), mention: of("mention") };
}
