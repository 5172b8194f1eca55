/** Who is logged in, on which device. A browser's cookie holds a secret of which only the hash is stored. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { and, desc, eq, gt, isNull, lt, or } from "drizzle-orm";
import type { SessionInfo, User } from "../contract.ts";
import type { Db } from "../database.ts";
import { sessions, users } from "../database/schema.ts";
import { refused } from "../refused.ts";
import { USER_COLUMNS } from "./users.ts";

/** A session and its user. */
export interface Login {
  readonly sessionId: string;
  readonly user: User;
}

const DAY = 86_400_000;
/** How long a session lasts, in ms; the cookie as long. */
export const SESSION_AGE = 30 * DAY;
/** How often `lastSeenAt` is written, in ms. */
const SEEN_EVERY = 60_000;

/** Opens a session. `secret` is for the cookie: it is nowhere else. */
export async function openSession(
  db: Db,
  userId: number,
  device: string,
): Promise<{ sessionId: string; secret: string }> {
  await forgetOld(db, userId);
  const secret = randomBytes(32).toString("base64url");
  const sessionId = randomUUID();
  const expiresAt = new Date(Date.now() + SESSION_AGE);
  await db.insert(sessions).values({ id: sessionId, userId, secretHash: hashOf(secret), device, expiresAt });
  return { sessionId, secret };
}

/** The session of a cookie's secret, if it is neither revoked nor expired. */
export async function findSession(db: Db, secret: string): Promise<Login | undefined> {
  const [row] = await db
    .select({ sessionId: sessions.id, lastSeenAt: sessions.lastSeenAt, user: USER_COLUMNS })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.secretHash, hashOf(secret)), isLive()));
  if (row === undefined) return undefined;
  const { sessionId, user, lastSeenAt } = row;
  if (Date.now() - lastSeenAt.getTime() > SEEN_EVERY) await touch(db, sessionId);
  return { sessionId, user };
}

/** The user of a live session, by its public id. Seeing it counts as using it. */
export async function connectedUser(
  db: Db,
  userId: number,
  sessionId: string,
): Promise<Pick<User, "id" | "username" | "name"> | undefined> {
  const [user] = await db
    .select({ id: users.id, username: users.username, name: users.name })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, sessionId), eq(sessions.userId, userId), isLive()));
  if (user !== undefined) await touch(db, sessionId);
  return user;
}

/** Ends one session of a user. Refuses when they have no such live one. */
export async function revokeSession(db: Db, userId: number, sessionId: string): Promise<void> {
  const ended = await revoke(db, userId, sessionId);
  if (ended.length === 0) throw refused("not_found", "There is no such session.");
}

/** Ends all sessions of a user, and gives their ids. */
export function revokeAllSessions(db: Db, userId: number): Promise<string[]> {
  return revoke(db, userId);
}

/** A user's live sessions, the last used first. */
export async function sessionsOf(db: Db, userId: number, currentId: string): Promise<SessionInfo[]> {
  const rows = await db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isLive()))
    .orderBy(desc(sessions.lastSeenAt));
  return rows.map(({ id, device, createdAt, lastSeenAt }) => ({
    id,
    device,
    createdAt: createdAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
    current: id === currentId,
  }));
}

const hashOf = (secret: string): string => createHash("sha256").update(secret).digest("hex");

const isLive = () => and(isNull(sessions.revokedAt), gt(sessions.expiresAt, new Date()));

async function touch(db: Db, sessionId: string): Promise<void> {
  await db.update(sessions).set({ lastSeenAt: new Date() }).where(eq(sessions.id, sessionId));
}

async function revoke(db: Db, userId: number, sessionId?: string): Promise<string[]> {
  const ended = await db
    .update(sessions)
    .set({ revokedAt: new Date() })
    .where(and(eq(sessions.userId, userId), isLive(), sessionId === undefined ? undefined : eq(sessions.id, sessionId)))
    .returning({ id: sessions.id });
  return ended.map(({ id }) => id);
}

/** Sessions that have been over for a month. */
async function forgetOld(db: Db, userId: number): Promise<void> {
  const before = new Date(Date.now() - SESSION_AGE);
  await db
    .delete(sessions)
    .where(and(eq(sessions.userId, userId), or(lt(sessions.expiresAt, before), lt(sessions.revokedAt, before))));
}
