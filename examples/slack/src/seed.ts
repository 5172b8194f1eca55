/** Demo data: five people, rooms of each kind, and a week of their talk. */
import { inArray } from "drizzle-orm";
import { hasUsers, isFirst } from "./accounts/first.ts";
import { hashPassword } from "./accounts/password.ts";
import type { Db } from "./database.ts";
import { notifications, userRoles, users } from "./database/schema.ts";
import { PASSWORD, PEOPLE } from "./seed/people.ts";
import { insertRoom } from "./seed/room.ts";
import type { Told } from "./seed/room.ts";
import { ROOMS } from "./seed/rooms.ts";

/** What the login screen offers. */
export interface DemoUser {
  readonly username: string;
  readonly name: string;
  readonly hue: number;
  readonly password: string;
}

/** Fills a database without users. Gives false, and leaves it as it is, when there are some. */
export async function seed(db: Db, now = new Date()): Promise<boolean> {
  if (await hasUsers(db)) return false;
  // Slow on purpose, so not while others wait for the lock. One for all: everybody knows this password.
  const passwordHash = await hashPassword(PASSWORD);
  return db.transaction(async (tx) => {
    // Server processes that start at the same time fill the database once.
    if (!(await isFirst(tx))) return false;
    const ids = await insertPeople(tx, passwordHash);
    const told: Told[] = [];
    for (const room of ROOMS) told.push(...(await insertRoom(tx, room, ids, now)));
    await tx.insert(notifications).values(told.sort((one, other) => timeOf(one) - timeOf(other)));
    return true;
  });
}

/** The demo users that this database has. */
export async function demoUsers(db: Db): Promise<DemoUser[]> {
  const rows = await db
    .select({ username: users.username })
    .from(users)
    .where(
      inArray(
        users.username,
        PEOPLE.map(({ username }) => username),
      ),
    );
  const known = new Set(rows.map(({ username }) => username));
  return PEOPLE.filter(({ username }) => known.has(username)).map(({ username, name, hue }) => ({
    username,
    name,
    hue,
    password: PASSWORD,
  }));
}

const timeOf = ({ createdAt }: Told): number => createdAt.getTime();

/** Gives the people's ids by username. */
async function insertPeople(db: Db, passwordHash: string): Promise<Map<string, number>> {
  const preferences = { theme: "system", desktopNotifications: false } as const;
  const rows = PEOPLE.map(({ username, name, hue }) => ({
    username,
    name,
    hue,
    passwordHash,
    preferences,
  }));
  const added = await db.insert(users).values(rows).returning({ id: users.id, username: users.username });
  const ids = new Map(added.map(({ id, username }) => [username, id]));
  const roles = PEOPLE.flatMap(({ username, roles }) =>
    roles.map((role) => ({ userId: ids.get(username) ?? 0, role })),
  );
  await db.insert(userRoles).values(roles);
  return ids;
}
