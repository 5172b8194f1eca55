import { eq } from "drizzle-orm";
import type { Db } from "../database.ts";
import { members, mentions, messages, reactions, rooms } from "../database/schema.ts";
import type { notifications } from "../database/schema.ts";
import { excerptOf } from "../notifications.ts";
import type { DemoRoom } from "./rooms.ts";
import { readTalks } from "./script.ts";
import type { Line } from "./script.ts";

/** A line of talk that is in the database. */
interface Stored extends Line {
  readonly id: number;
  readonly seq: number;
  readonly userId: number;
}

interface Reader {
  readonly userId: number;
  readonly lastReadSeq: number;
}

/** Ids of users by username. */
type Ids = ReadonlyMap<string, number>;

/** A notification that is to be stored. */
export type Told = typeof notifications.$inferInsert & { readonly createdAt: Date };

/**
 * Stores a room with its members and all that they have said, as if it had happened. Gives the notifications that this
 * would have made: those of all rooms together are numbered in the order of their times.
 */
export async function insertRoom(db: Db, room: DemoRoom, ids: Ids, now: Date): Promise<Told[]> {
  const lines = readTalks(room.talks, now);
  const userIds = Object.keys(room.members).map((username) => idOf(ids, username));
  const { kind, name, topic = "", isDefault = false, readOnly = false, archived = false } = room;
  const [added] = await db
    .insert(rooms)
    .values({
      kind,
      name,
      topic,
      isDefault,
      readOnly,
      archived,
      lastSeq: lines.length,
      directKey: kind === "direct" ? [...userIds].sort((a, b) => a - b).join(":") : null,
      createdBy: userIds[0] ?? null,
      createdAt: lines[0]?.at ?? now,
    })
    .returning({ id: rooms.id });
  if (added === undefined) throw new Error("the database gave nothing back");
  const stored = await insertLines(db, added.id, lines, ids);
  const readers = await insertMembers(db, added.id, room, stored, ids);
  return insertMentions(db, added.id, stored, readers, ids);
}

async function insertLines(db: Db, roomId: number, lines: readonly Line[], ids: Ids): Promise<Stored[]> {
  const rows = await db
    .insert(messages)
    .values(
      lines.map(({ username, body, at, isPinned }, index) => ({
        roomId,
        seq: index + 1,
        userId: idOf(ids, username),
        clientId: `demo-${index + 1}`,
        body,
        createdAt: at,
        pinnedAt: isPinned ? at : null,
      })),
    )
    .returning({ id: messages.id, seq: messages.seq });
  const idsBySeq = new Map(rows.map(({ id, seq }) => [seq, id]));
  const stored = lines.map((line, index) => ({
    ...line,
    id: idsBySeq.get(index + 1) ?? 0,
    seq: index + 1,
    userId: idOf(ids, line.username),
  }));
  for (const { id, seq, repliesTo } of stored) {
    const replyTo = repliesTo === 0 ? undefined : idsBySeq.get(seq - repliesTo);
    if (replyTo !== undefined) await db.update(messages).set({ replyTo }).where(eq(messages.id, id));
  }
  const reacted = stored.flatMap(({ id, at, reactions }) =>
    reactions.flatMap(({ emoji, usernames }) =>
      usernames.map((username) => ({ messageId: id, userId: idOf(ids, username), emoji, createdAt: at })),
    ),
  );
  if (reacted.length > 0) await db.insert(reactions).values(reacted);
  return stored;
}

/** Everybody has read up to their own last message at least. */
async function insertMembers(
  db: Db,
  roomId: number,
  room: DemoRoom,
  lines: readonly Stored[],
  ids: Ids,
): Promise<Reader[]> {
  const joinedAt = lines[0]?.at ?? new Date();
  const rows = Object.entries(room.members).map(([username, role]) => {
    const own = lines.findLast((line) => line.username === username)?.seq ?? 0;
    const lastReadSeq = Math.max(own, lines.length - (room.unread?.[username] ?? 0));
    const starred = room.starredBy?.includes(username) ?? false;
    return { roomId, userId: idOf(ids, username), role, lastReadSeq, starred, joinedAt };
  });
  await db.insert(members).values(rows);
  return rows;
}

/** Whoever is mentioned was told, and has read that with the message. */
async function insertMentions(
  db: Db,
  roomId: number,
  lines: readonly Stored[],
  readers: readonly Reader[],
  ids: Ids,
): Promise<Told[]> {
  const found = lines.flatMap((line) => {
    const names = new Set([...line.body.matchAll(/@([a-z]+)/g)].map(([, name = ""]) => name));
    return [...names]
      .filter((name) => name !== line.username && ids.has(name))
      .map((name) => ({ line, userId: idOf(ids, name) }));
  });
  if (found.length === 0) return [];
  await db
    .insert(mentions)
    .values(
      found.map(({ line, userId }) => ({ messageId: line.id, userId, roomId, seq: line.seq, kind: "user" as const })),
    );
  return found.map(({ line, userId }) => {
    const lastReadSeq = readers.find((reader) => reader.userId === userId)?.lastReadSeq ?? 0;
    return {
      userId,
      kind: "mention" as const,
      actorId: line.userId,
      roomId,
      messageId: line.id,
      seq: line.seq,
      excerpt: excerptOf(line.body),
      createdAt: line.at,
      readAt: line.seq <= lastReadSeq ? line.at : null,
    };
  });
}

function idOf(ids: Ids, username: string): number {
  const id = ids.get(username);
  if (id === undefined) throw new Error(`the demo has no ${username}`);
  return id;
}
