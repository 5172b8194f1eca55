import { randomInt } from "node:crypto";
import { eq, isNotNull, sql } from "drizzle-orm";
import type { Ban, ManualStatus, Me, Preferences, User } from "../contract.ts";
import type { Db } from "../database.ts";
import { ignores, userRoles, users } from "../database/schema.ts";
import { permissionsOf, ROLES_OF, rolesOf } from "../permissions.ts";
import { refused } from "../refused.ts";
import { isFirst } from "./first.ts";
import { hashPassword, verifyPassword } from "./password.ts";

export interface NewUser {
  readonly username: string;
  readonly name: string;
  readonly password: string;
  /** Of the avatar, 0 to 359. Default: at random. */
  readonly hue?: number;
}

/** The columns that everybody may see. */
export const USER_COLUMNS = { id: users.id, username: users.username, name: users.name, hue: users.hue };

const DEFAULT_PREFERENCES: Preferences = { theme: "system", desktopNotifications: false };

/**
 * Adds a user with the role `user`, who is in no room yet. The first one of all is an admin as well: somebody has to
 * make the others. Refuses ("taken").
 */
export async function createUser(db: Db, { username, name, password, hue = randomInt(360) }: NewUser): Promise<User> {
  const passwordHash = await hashPassword(password);
  return db.transaction(async (tx) => {
    const isAdmin = await isFirst(tx);
    const [user] = await tx
      .insert(users)
      .values({ username, name, hue, passwordHash, preferences: DEFAULT_PREFERENCES })
      .onConflictDoNothing()
      .returning(USER_COLUMNS);
    if (user === undefined) throw refused("taken", `The username ${username} is taken.`);
    const roles = ROLES_OF[isAdmin ? "admin" : "user"];
    await tx.insert(userRoles).values(roles.map((role) => ({ userId: user.id, role })));
    return user;
  });
}

/** The user with these credentials. An unknown name and a wrong password are the same, in what is told and in how long it takes. */
export async function authenticate(db: Db, username: string, password: string): Promise<User | undefined> {
  const [row] = await db
    .select({ ...USER_COLUMNS, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.username, username.toLowerCase()));
  const isRight = await verifyPassword(password, row?.passwordHash);
  if (row === undefined || !isRight) return undefined;
  const { passwordHash: _, ...user } = row;
  return user;
}

export async function findUser(db: Db, userId: number): Promise<User | undefined> {
  const [user] = await db.select(USER_COLUMNS).from(users).where(eq(users.id, userId));
  return user;
}

/** Users by a part of their username or name, those whose names begin with it first. At most `limit`. */
export function findUsers(db: Db, query: string, limit = 20): Promise<User[]> {
  const text = query
    .trim()
    .replace(/^@/, "")
    .toLowerCase()
    .replace(/[\\%_]/g, "\\$&");
  const [start, part] = [`${text}%`, `%${text}%`];
  return db
    .select(USER_COLUMNS)
    .from(users)
    .where(sql`${users.username} like ${part} or lower(${users.name}) like ${part}`)
    .orderBy(
      sql`not (${users.username} like ${start} or lower(${users.name}) like ${start} or lower(${users.name}) like ${`% ${start}`})`,
      users.username,
    )
    .limit(limit);
}

/** The user as their own page knows them. Refuses ("unauthorized") when they are gone. */
export async function meOf(db: Db, userId: number, sessionId: string): Promise<Me> {
  const [row] = await db.select().from(users).where(eq(users.id, userId));
  if (row === undefined) throw refused("unauthorized", "You are not logged in.");
  const { id, username, name, hue, manualStatus, preferences, bannedReason } = row;
  return {
    user: { id, username, name, hue },
    sessionId,
    roles: await rolesOf(db, userId),
    permissions: await permissionsOf(db, userId),
    manualStatus,
    preferences,
    banned: bannedReason,
  };
}

export async function manualStatusOf(db: Db, userId: number): Promise<ManualStatus> {
  const [row] = await db.select({ status: users.manualStatus }).from(users).where(eq(users.id, userId));
  return row?.status ?? "online";
}

export async function setManualStatus(db: Db, userId: number, status: ManualStatus): Promise<void> {
  await db.update(users).set({ manualStatus: status }).where(eq(users.id, userId));
}

type PreferenceChanges = { readonly [Key in keyof Preferences]?: Preferences[Key] | undefined };

/** Changes what is given, and gives all of them. */
export async function setPreferences(db: Db, userId: number, changes: PreferenceChanges): Promise<Preferences> {
  const [row] = await db
    .update(users)
    .set({ preferences: sql`${users.preferences} || ${JSON.stringify(changes)}::jsonb` })
    .where(eq(users.id, userId))
    .returning({ preferences: users.preferences });
  if (row === undefined) throw refused("not_found", "There is no such user.");
  return row.preferences;
}

/** Bans a user, or (null) lets them do everything again. Refuses: nobody bans an admin. */
export async function setBan(db: Db, userId: number, reason: string | null): Promise<void> {
  await db.transaction(async (tx) => {
    // First: who is made an admin at the same time waits for this, and is refused then.
    const changed = await tx
      .update(users)
      .set({ bannedReason: reason })
      .where(eq(users.id, userId))
      .returning(USER_COLUMNS);
    if (changed.length === 0) throw refused("not_found", "There is no such user.");
    if (reason !== null && (await rolesOf(tx, userId)).includes("admin")) {
      throw refused("forbidden", "An admin cannot be banned.");
    }
  });
}

/** Everybody who is banned. */
export async function bans(db: Db): Promise<Ban[]> {
  const rows = await db
    .select({ userId: users.id, reason: users.bannedReason })
    .from(users)
    .where(isNotNull(users.bannedReason));
  return rows.map(({ userId, reason }) => ({ userId, reason: reason ?? "" }));
}

/** Ignores somebody, or hears them again. */
export async function setIgnored(db: Db, userId: number, ignoredId: number, ignored: boolean): Promise<void> {
  if (userId === ignoredId) throw refused("invalid", "You cannot ignore yourself.");
  if ((await findUser(db, ignoredId)) === undefined) throw refused("not_found", "There is no such user.");
  if (ignored) await db.insert(ignores).values({ userId, ignoredId }).onConflictDoNothing();
  else await db.delete(ignores).where(sql`${ignores.userId} = ${userId} and ${ignores.ignoredId} = ${ignoredId}`);
}

/** The ids of those whom a user ignores. */
export async function ignoredBy(db: Db, userId: number): Promise<number[]> {
  const rows = await db.select({ id: ignores.ignoredId }).from(ignores).where(eq(ignores.userId, userId));
  return rows.map(({ id }) => id);
}
