/** Edits and deletes: by the author, or by who may do it in that room. */
import { and, eq } from "drizzle-orm";
import { findUser } from "../accounts.ts";
import type { Message } from "../contract.ts";
import type { Db } from "../database.ts";
import { attachments, messages, reactions, stars } from "../database/schema.ts";
import type { Outcome } from "../happening.ts";
import { removeMentions, resolveMentions, storedMentions, storeMentions } from "../mentions.ts";
import { retract } from "../notifications.ts";
import { ensureCan, ensurePost } from "../permissions.ts";
import { refused } from "../refused.ts";
import { ensureActive } from "../rooms/active.ts";
import { ensureView, findRoom } from "../rooms/find.ts";
import type { Posted, Poster } from "./send.ts";
import { tellMentioned } from "./tell.ts";
import { messageIn } from "./view.ts";

/** Whom the new text mentions for the first time is told; from whom it does not mention any more it is taken back. */
export function editMessage(db: Db, by: Poster, id: number, body: string): Promise<Outcome<Posted>> {
  const { roomId, userId, onlineIds } = by;
  return db.transaction(async (tx) => {
    const before = await changeable(tx, by, id, "edit-message");
    if (before.body === body) return { result: { message: before, notice: null }, happened: [] };
    await tx.update(messages).set({ body, editedAt: new Date() }).where(eq(messages.id, id));
    const room = await findRoom(tx, roomId);
    const authorId = before.user.id;
    const { mentioned, notice } = await resolveMentions(tx, { room, authorId, body, onlineIds });
    const were = await storedMentions(tx, id);
    await removeMentions(tx, id);
    await storeMentions(tx, { id, roomId, seq: before.seq }, mentioned);
    const [message, author] = [await messageIn(tx, roomId, id), await findUser(tx, authorId)];
    if (message === undefined || author === undefined) throw new Error(`message ${id} was changed and is not there`);
    const isDirect = room.kind === "direct";
    const gone = were.filter((userId) => !mentioned.some((mention) => mention.userId === userId));
    const retracted = isDirect ? [] : await retract(tx, id, gone);
    const added = mentioned.filter((mention) => !were.includes(mention.userId));
    const told = isDirect ? { before: [], after: [] } : await tellMentioned(tx, { room, author, message }, added);
    return {
      result: { message, notice: authorId === userId ? notice : null },
      happened: [...told.before, { what: "edited", message }, ...told.after, ...retracted],
    };
  });
}

/** The message keeps its place, and nothing else. */
export function deleteMessage(db: Db, userId: number, roomId: number, id: number): Promise<Outcome<void>> {
  return db.transaction(async (tx) => {
    const { seq } = await changeable(tx, { roomId, userId }, id, "delete-message");
    await tx.update(messages).set({ body: "", deletedAt: new Date(), pinnedAt: null }).where(eq(messages.id, id));
    await removeMentions(tx, id);
    await tx.delete(reactions).where(eq(reactions.messageId, id));
    await tx.delete(stars).where(eq(stars.messageId, id));
    await tx.delete(attachments).where(eq(attachments.messageId, id));
    const retracted = await retract(tx, id);
    return { result: undefined, happened: [{ what: "deleted", roomId, id, seq }, ...retracted] };
  });
}

async function changeable(
  tx: Db,
  { roomId, userId }: Pick<Poster, "roomId" | "userId">,
  id: number,
  permission: "edit-message" | "delete-message",
): Promise<Message> {
  await ensureView(tx, userId, roomId);
  // Of this room, whatever the payload says: what is allowed here is not allowed elsewhere.
  await tx
    .select({ id: messages.id })
    .from(messages)
    .where(and(eq(messages.id, id), eq(messages.roomId, roomId)))
    .for("update");
  const message = await messageIn(tx, roomId, id);
  if (message === undefined || message.deleted) throw refused("not_found", "This message is gone.");
  if (message.kind === "system") throw refused("forbidden", "This message is nobody's.");
  if (message.user.id !== userId) await ensureCan(tx, userId, permission, roomId);
  else if (permission === "edit-message") await ensurePost(tx, userId, roomId);
  else await ensureActive(tx, userId, roomId);
  const { archived } = await findRoom(tx, roomId);
  if (archived) throw refused("archived", "This channel is archived.");
  return message;
}
