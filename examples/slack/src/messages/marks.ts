/** What people do to messages without changing them: reactions, pins and stars. */
import { and, eq } from "drizzle-orm";
import { findUser } from "../accounts.ts";
import type { Message, Reaction } from "../contract.ts";
import type { Db } from "../database.ts";
import { messages, reactions, stars } from "../database/schema.ts";
import type { Outcome } from "../happening.ts";
import { ensureCan } from "../permissions.ts";
import { refused } from "../refused.ts";
import { ensureActive } from "../rooms/active.ts";
import { ensureView } from "../rooms/find.ts";
import { messageIn, reactionsOf } from "./view.ts";

/** Reactions of one person to a message. */
const MAX_OWN = 20;

/** Sets somebody's reaction, or takes it back. Members may react, also where they may only read. */
export function toggleReaction(
  db: Db,
  userId: number,
  roomId: number,
  messageId: number,
  emoji: string,
): Promise<Outcome<readonly Reaction[]>> {
  return db.transaction(async (tx) => {
    await ensureActive(tx, userId, roomId);
    const { seq } = await markable(tx, userId, roomId, messageId);
    const mine = and(eq(reactions.messageId, messageId), eq(reactions.userId, userId), eq(reactions.emoji, emoji));
    const removed = await tx.delete(reactions).where(mine).returning({ emoji: reactions.emoji });
    if (removed.length === 0) {
      await ensureFew(tx, userId, messageId);
      await tx.insert(reactions).values({ messageId, userId, emoji }).onConflictDoNothing();
    }
    const now = (await reactionsOf(tx, [messageId])).get(messageId) ?? [];
    return { result: now, happened: [{ what: "reacted", roomId, messageId, seq, reactions: now }] };
  });
}

/** All of a message's reactions go out with each new one. */
async function ensureFew(tx: Db, userId: number, messageId: number): Promise<void> {
  const mine = await tx.$count(reactions, and(eq(reactions.messageId, messageId), eq(reactions.userId, userId)));
  if (mine >= MAX_OWN) throw refused("invalid", `You have reacted with ${MAX_OWN} emoji: take one back first.`);
}

/** Pins are the room's: everybody sees them. */
export function pinMessage(
  db: Db,
  userId: number,
  roomId: number,
  messageId: number,
  pinned: boolean,
): Promise<Outcome<void>> {
  return db.transaction(async (tx) => {
    const message = await markable(tx, userId, roomId, messageId);
    await ensureCan(tx, userId, "pin-message", roomId);
    await ensureActive(tx, userId, roomId);
    const by = await findUser(tx, userId);
    if (message.pinned === pinned || by === undefined) return { result: undefined, happened: [] };
    await tx
      .update(messages)
      .set({ pinnedAt: pinned ? new Date() : null })
      .where(eq(messages.id, messageId));
    return { result: undefined, happened: [{ what: "pinned", roomId, messageId, seq: message.seq, pinned, by }] };
  });
}

/** Stars are each user's own: nobody else is told. */
export async function starMessage(
  db: Db,
  userId: number,
  roomId: number,
  messageId: number,
  starred: boolean,
): Promise<Outcome<void>> {
  await markable(db, userId, roomId, messageId);
  if (starred) await db.insert(stars).values({ userId, messageId }).onConflictDoNothing();
  else await db.delete(stars).where(and(eq(stars.userId, userId), eq(stars.messageId, messageId)));
  return { result: undefined, happened: [{ what: "starred", userId, messageId, starred }] };
}

/** The ids of a room's messages that somebody has starred. */
export async function starredIn(db: Db, userId: number, roomId: number): Promise<number[]> {
  const rows = await db
    .select({ id: stars.messageId })
    .from(stars)
    .innerJoin(messages, eq(messages.id, stars.messageId))
    .where(and(eq(stars.userId, userId), eq(messages.roomId, roomId)));
  return rows.map(({ id }) => id);
}

/** A message of this room which is still there, and which the user may see. */
async function markable(db: Db, userId: number, roomId: number, id: number): Promise<Message> {
  await ensureView(db, userId, roomId);
  const message = await messageIn(db, roomId, id);
  if (message === undefined || message.deleted) throw refused("not_found", "This message is gone.");
  if (message.kind === "system") throw refused("invalid", "This message is nobody's.");
  return message;
}
