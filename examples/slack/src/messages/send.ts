import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { USER_COLUMNS } from "../accounts.ts";
import type { Attachment, Message, Room, User } from "../contract.ts";
import type { Db } from "../database.ts";
import { attachments, members, messages, rooms, users } from "../database/schema.ts";
import type { Happening, Outcome } from "../happening.ts";
import { resolveMentions, storeMentions } from "../mentions.ts";
import { readOfRoom } from "../notifications.ts";
import { ensurePost } from "../permissions.ts";
import { refused } from "../refused.ts";
import { toRoom } from "../rooms/find.ts";
import { tellMentioned, tellPeer } from "./tell.ts";
import { nextSeq } from "./system.ts";
import { ATTACHMENT_COLUMNS, messageIn, quoteOf, toAttachment } from "./view.ts";

/** Who writes, and where. */
export interface Poster {
  readonly roomId: number;
  readonly userId: number;
  /** Who is there now, for `@here`. */
  readonly onlineIds: () => readonly number[];
}

export interface Draft {
  /** Made by the page: the same message sent again is stored once. */
  readonly clientId: string;
  readonly body: string;
  readonly replyTo?: number | undefined;
  readonly attachmentIds?: readonly number[] | undefined;
}

export interface Posted {
  readonly message: Message;
  /** What the author alone is to be told, or null. */
  readonly notice: string | null;
}

/** Stores a message once, with everything that follows from it. Refuses when its author may not write there. */
export function sendMessage(db: Db, poster: Poster, draft: Draft): Promise<Outcome<Posted>> {
  const { roomId, userId } = poster;
  return db.transaction(async (tx) => {
    // Who sends at the same time waits here, the same message sent twice too: the second finds the first.
    const [room] = await tx.select().from(rooms).where(eq(rooms.id, roomId)).for("update");
    if (room === undefined) throw refused("not_found", "There is no such channel.");
    const { author, earlierId } = await authorOf(tx, poster, draft.clientId);
    const earlier = earlierId === null ? undefined : await messageIn(tx, roomId, earlierId);
    if (earlier !== undefined) return { result: { message: earlier, notice: null }, happened: [] };
    await ensurePost(tx, userId, roomId);
    if (draft.body === "" && (draft.attachmentIds ?? []).length === 0) {
      throw refused("invalid", "Write something first.");
    }
    return store(tx, { room: toRoom(room, null), author, onlineIds: poster.onlineIds }, draft);
  });
}

interface From extends Pick<Poster, "onlineIds"> {
  readonly room: Room;
  readonly author: User;
}

async function store(tx: Db, { room, author, onlineIds }: From, draft: Draft): Promise<Outcome<Posted>> {
  const [roomId, userId] = [room.id, author.id];
  const { clientId, body } = draft;
  const to = await replied(tx, roomId, draft.replyTo);
  const seq = await nextSeq(tx, roomId);
  const [row] = await tx
    .insert(messages)
    .values({ roomId, seq, userId, clientId, body, replyTo: to?.id })
    .returning({ id: messages.id, createdAt: messages.createdAt });
  if (row === undefined) throw new Error("an insert has returned nothing");
  const { mentioned, notice } = await resolveMentions(tx, { room, authorId: userId, body, onlineIds });
  await storeMentions(tx, { id: row.id, roomId, seq }, mentioned);
  // Put together from what is known: reading it back would take four queries.
  const message: Message = {
    id: row.id,
    roomId,
    seq,
    clientId,
    kind: "message",
    user: author,
    body,
    at: row.createdAt.toISOString(),
    editedAt: null,
    deleted: false,
    pinned: false,
    replyTo: to === undefined ? null : quoteOf({ ...to, username: to.user.username }),
    reactions: [],
    attachments: await claimAttachments(tx, userId, row.id, draft.attachmentIds ?? []),
    mentions: [...new Set(mentioned.map(({ name }) => name))].sort(),
  };
  const about = { room, author, message };
  const told = room.kind === "direct" ? await tellPeer(tx, about) : await tellMentioned(tx, about, mentioned);
  const read = await readByAuthor(tx, userId, roomId, seq);
  const happened: Happening[] = [...told.before, { what: "message", message }, ...told.after, ...read];
  return { result: { message, notice }, happened };
}

/** Who writes, and the message that they have stored under this client id already, or null. */
async function authorOf(
  tx: Db,
  { roomId, userId }: Poster,
  clientId: string,
): Promise<{ author: User; earlierId: number | null }> {
  const earlier = and(eq(messages.roomId, roomId), eq(messages.userId, users.id), eq(messages.clientId, clientId));
  const [row] = await tx
    .select({ author: USER_COLUMNS, earlierId: messages.id })
    .from(users)
    .leftJoin(messages, earlier)
    .where(eq(users.id, userId));
  if (row === undefined) throw refused("unauthorized", "You are not logged in.");
  return row;
}

/** The message that is answered must be one of this room, and must be there. */
async function replied(tx: Db, roomId: number, id: number | undefined): Promise<Message | undefined> {
  if (id === undefined) return undefined;
  const to = await messageIn(tx, roomId, id);
  if (to === undefined || to.deleted) throw refused("not_found", "The message that you answer is gone.");
  return to;
}

/** Only the author's own uploads, and each in one message only. */
async function claimAttachments(
  tx: Db,
  userId: number,
  messageId: number,
  ids: readonly number[],
): Promise<Attachment[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const claimed = await tx
    .update(attachments)
    .set({ messageId })
    .where(and(inArray(attachments.id, wanted), eq(attachments.userId, userId), isNull(attachments.messageId)))
    .returning(ATTACHMENT_COLUMNS);
  if (claimed.length < wanted.length) throw refused("not_found", "A file of this message is gone. Attach it again.");
  return claimed.sort((a, b) => a.id - b.id).map(toAttachment);
}

/** Who writes has read what stands above. */
async function readByAuthor(tx: Db, userId: number, roomId: number, seq: number): Promise<Happening[]> {
  const mine = and(eq(members.roomId, roomId), eq(members.userId, userId));
  const [row] = await tx
    .update(members)
    .set({ lastReadSeq: seq })
    .where(and(mine, lt(members.lastReadSeq, seq)))
    // What it was before is in the row that others still see.
    .returning({
      hadRead: sql<number>`(select m.last_read_seq from members m where m.room_id = ${roomId} and m.user_id = ${userId})`,
    });
  if (row === undefined || row.hadRead >= seq - 1) return [];
  const seen = await readOfRoom(tx, userId, roomId, seq);
  return [{ what: "read", userId, unread: { roomId, hasUnread: false, mentions: 0, lastReadSeq: seq } }, ...seen];
}
