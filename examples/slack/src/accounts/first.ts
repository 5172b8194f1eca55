/** A workspace begins once: with the demo's people, or with the first account. */
import { sql } from "drizzle-orm";
import type { Db } from "../database.ts";
import { users } from "../database/schema.ts";

const LOCK = 714_220_118;

export async function hasUsers(db: Db): Promise<boolean> {
  const [any] = await db.select({ id: users.id }).from(users).limit(1);
  return any !== undefined;
}

/**
 * Whether nobody is there yet. If so, no other transaction that asks goes on before this one has ended: of two at the
 * same time, on two processes, one is the first.
 */
export async function isFirst(tx: Db): Promise<boolean> {
  if (await hasUsers(tx)) return false;
  await tx.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
  return !(await hasUsers(tx));
}
