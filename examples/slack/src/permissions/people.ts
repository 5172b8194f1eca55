/** Who has which global role. A person is made one of them: an admin, a user or a guest. */
import { and, eq, notInArray, sql } from "drizzle-orm";
import type { GlobalRole, PersonRole } from "../contract.ts";
import type { Db } from "../database.ts";
import { userRoles, users } from "../database/schema.ts";
import { refused } from "../refused.ts";
import { ROLES_OF } from "./roles.ts";

const HIGHEST = sql<GlobalRole>`case
  when bool_or(${userRoles.role} = 'admin') then 'admin'
  when bool_or(${userRoles.role} = 'user') then 'user'
  else 'guest'
end`;

/** Everybody who is not just a user. */
export function peopleWithRoles(db: Db): Promise<PersonRole[]> {
  return db
    .select({ userId: userRoles.userId, role: HIGHEST })
    .from(userRoles)
    .groupBy(userRoles.userId)
    .having(sql`${HIGHEST} <> 'user'`)
    .orderBy(userRoles.userId);
}

/**
 * Makes somebody an admin, a user or a guest. Refuses: the last admin stays one, and somebody who is banned
 * does not become one.
 */
export async function setGlobalRole(db: Db, userId: number, role: GlobalRole): Promise<void> {
  await db.transaction(async (tx) => {
    // A ban waits until this is done, or this for the ban.
    const [user] = await tx
      .select({ banned: users.bannedReason })
      .from(users)
      .where(eq(users.id, userId))
      .for("no key update");
    if (user === undefined) throw refused("not_found", "There is no such user.");
    if (role !== "admin") await ensureAdminRemains(tx, userId);
    else if (user.banned !== null) throw refused("invalid", "Lift the ban first: an admin cannot be banned.");
    const roles = ROLES_OF[role];
    await tx.delete(userRoles).where(and(eq(userRoles.userId, userId), notInArray(userRoles.role, [...roles])));
    await tx
      .insert(userRoles)
      .values(roles.map((given) => ({ userId, role: given })))
      .onConflictDoNothing();
  });
}

/** Somebody has to be able to look after the workspace. */
async function ensureAdminRemains(tx: Db, userId: number): Promise<void> {
  // Of the last two that are taken away at the same time, the second waits here, sees that it is alone, and stays.
  const admins = await tx
    .select({ userId: userRoles.userId })
    .from(userRoles)
    .where(eq(userRoles.role, "admin"))
    .orderBy(userRoles.userId)
    .for("update");
  if (admins.length === 1 && admins[0]?.userId === userId) {
    throw refused("invalid", "This is the last admin. Make somebody else one first.");
  }
}
