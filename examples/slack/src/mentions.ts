/** Whom a message mentions. */
import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { RoomKind } from "./contract.ts";
import type { Db } from "./database.ts";
import { members, mentions, users } from "./database/schema.ts";
import { can } from "./permissions.ts";

export interface Parsed {
  /** In lower case, each once. */
  readonly usernames: readonly string[];
  readonly all: boolean;
  readonly here: boolean;
}

export interface Mentioned {
  readonly userId: number;
  readonly kind: "user" | "all" | "here";
  /** As in the text: a username, `all` or `here`. */
  readonly name: string;
  readonly isMember: boolean;
}

export interface Resolved {
  readonly mentioned: readonly Mentioned[];
  /** What the author is to be told, or null. */
  readonly notice: string | null;
}

interface Question {
  readonly room: { readonly id: number; readonly kind: RoomKind };
  readonly authorId: number;
  readonly body: string;
  /** Who is there now, for `@here`. */
  readonly onlineIds: () => readonly number[];
}

/** Code is not read: what is between backticks is quoted, not said. */
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;
/** Not in the middle of a word: `bob@example.com` mentions nobody. A dot or dash at the end belongs to the sentence. */
const MENTION = /(?<![\p{L}\p{N}_@./-])@([\p{L}\p{N}_](?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_])?)/gu;

export function parseMentions(body: string): Parsed {
  const names = new Set<string>();
  for (const [, name = ""] of body.replace(CODE, " ").matchAll(MENTION)) names.add(name.toLowerCase());
  const [all, here] = [names.delete("all"), names.delete("here")];
  return { usernames: [...names], all, here };
}

/**
 * The people behind the names: each once, never the author, nobody who ignores the author, no unknown names. In a public
 * room also people who are not in it; in others only members. `@all` and `@here` are for those who may use them.
 */
export async function resolveMentions(db: Db, { room, authorId, body, onlineIds }: Question): Promise<Resolved> {
  const parsed = parseMentions(body);
  const isToMany = parsed.all || parsed.here;
  const mayAll = isToMany && room.kind !== "direct" && (await can(db, authorId, "mention-all", room.id));
  const named = await usersNamed(db, room.id, authorId, parsed.usernames);
  const everybody = mayAll ? await membersFor(db, room.id, authorId) : [];
  const online = new Set(mayAll && parsed.here ? onlineIds() : []);

  const mentioned = new Map<number, Mentioned>();
  if (parsed.all) for (const userId of everybody) mentioned.set(userId, many(userId, "all"));
  for (const userId of everybody) {
    if (online.has(userId)) mentioned.set(userId, many(userId, "here"));
  }
  for (const { userId, name, isMember } of named) {
    if (isMember || room.kind === "public") mentioned.set(userId, { userId, kind: "user", name, isMember });
  }
  const notice = isToMany && !mayAll && room.kind !== "direct" ? NOT_ALLOWED : null;
  return { mentioned: [...mentioned.values()], notice };
}

const many = (userId: number, kind: "all" | "here"): Mentioned => ({ userId, kind, name: kind, isMember: true });

const NOT_ALLOWED = "You may not notify everybody with @all or @here: nobody was notified by it.";

/** Writes the rows of a message. */
export async function storeMentions(
  db: Db,
  message: { readonly id: number; readonly roomId: number; readonly seq: number },
  mentioned: readonly Mentioned[],
): Promise<void> {
  if (mentioned.length === 0) return;
  const of = { messageId: message.id, roomId: message.roomId, seq: message.seq };
  await db.insert(mentions).values(mentioned.map(({ userId, kind }) => ({ ...of, userId, kind })));
}

/** Whom the rows of a message mention. */
export async function storedMentions(db: Db, messageId: number): Promise<number[]> {
  const rows = await db.select({ userId: mentions.userId }).from(mentions).where(eq(mentions.messageId, messageId));
  return rows.map(({ userId }) => userId);
}

export async function removeMentions(db: Db, messageId: number): Promise<void> {
  await db.delete(mentions).where(eq(mentions.messageId, messageId));
}

async function usersNamed(
  db: Db,
  roomId: number,
  authorId: number,
  usernames: readonly string[],
): Promise<Omit<Mentioned, "kind">[]> {
  if (usernames.length === 0) return [];
  return db
    .select({ userId: users.id, name: users.username, isMember: sql<boolean>`${members.userId} is not null` })
    .from(users)
    .leftJoin(members, and(eq(members.userId, users.id), eq(members.roomId, roomId)))
    .where(and(inArray(users.username, [...usernames]), ne(users.id, authorId), hears(authorId)));
}

async function membersFor(db: Db, roomId: number, authorId: number): Promise<number[]> {
  const rows = await db
    .select({ userId: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.roomId, roomId), ne(users.id, authorId), hears(authorId)));
  return rows.map(({ userId }) => userId);
}

const hears = (authorId: number) =>
  sql`not exists (select from ignores i where i.user_id = ${users.id} and i.ignored_id = ${authorId})`;
