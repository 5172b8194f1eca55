/** Messages as they go over the wire. However many there are, they take four queries. */
import { and, desc, eq, inArray, isNotNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { USER_COLUMNS } from "../accounts.ts";
import type { Attachment, Message, OwnMessage, Permission, Quote, Reaction } from "../contract.ts";
import type { Db } from "../database.ts";
import { attachments, mentions, messages, reactions, users } from "../database/schema.ts";
import { excerptOf } from "../notifications.ts";

export interface Selection {
  readonly where: SQL | undefined;
  readonly orderBy: SQL;
  readonly limit: number;
}

/** Messages, in the order asked for. */
export async function selectMessages(db: Db, { where, orderBy, limit }: Selection): Promise<Message[]> {
  const quoted = alias(messages, "quoted");
  const quotedUser = alias(users, "quoted_user");
  const rows = await db
    .select({
      message: ROW,
      user: USER_COLUMNS,
      quoted: {
        id: quoted.id,
        seq: quoted.seq,
        body: quoted.body,
        username: quotedUser.username,
        deleted: sql<boolean>`${quoted.deletedAt} is not null`,
      },
    })
    .from(messages)
    .innerJoin(users, eq(users.id, messages.userId))
    .leftJoin(quoted, eq(quoted.id, messages.replyTo))
    .leftJoin(quotedUser, eq(quotedUser.id, quoted.userId))
    .where(where)
    .orderBy(orderBy)
    .limit(limit);
  const ids = rows.map(({ message }) => message.id);
  // One after the other: inside a transaction there is one connection.
  const reacted = await reactionsOf(db, ids);
  const files = await attachmentsOf(db, ids);
  const mentioned = await mentionsIn(db, ids);
  return rows.map(({ message: row, user, quoted: to }) => ({
    id: row.id,
    roomId: row.roomId,
    seq: row.seq,
    clientId: row.clientId,
    kind: row.kind,
    user,
    body: row.body,
    at: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deleted: row.deletedAt !== null,
    pinned: row.pinnedAt !== null,
    replyTo: row.replyTo === null ? null : quoteOf(to as Quoted),
    reactions: reacted.get(row.id) ?? [],
    attachments: files.get(row.id) ?? [],
    mentions: mentioned.get(row.id) ?? [],
  }));
}

/** One message of a room; undefined when it has none such. */
export async function messageIn(db: Db, roomId: number, id: number): Promise<Message | undefined> {
  const where = and(eq(messages.id, id), eq(messages.roomId, roomId));
  return (await selectMessages(db, { where, orderBy: desc(messages.seq), limit: 1 }))[0];
}

/** A message as one user gets it. */
export function ownMessage(
  message: Message,
  userId: number,
  permissions: readonly Permission[],
  starred: boolean,
): OwnMessage {
  const isTheirs = message.user.id === userId || permissions.includes("edit-message");
  return { ...message, isEditable: message.kind === "message" && !message.deleted && isTheirs, starred };
}

/** What people have reacted with, in the order in which each emoji was first used. */
export async function reactionsOf(db: Db, ids: readonly number[]): Promise<Map<number, Reaction[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({
      messageId: reactions.messageId,
      emoji: reactions.emoji,
      userIds: sql<number[]>`array_agg(${reactions.userId} order by ${reactions.createdAt}, ${reactions.userId})`,
    })
    .from(reactions)
    .where(inArray(reactions.messageId, [...ids]))
    .groupBy(reactions.messageId, reactions.emoji)
    .orderBy(sql`min(${reactions.createdAt})`, reactions.emoji);
  return byMessage(rows, ({ emoji, userIds }) => ({ emoji, userIds }));
}

const ROW = {
  id: messages.id,
  roomId: messages.roomId,
  seq: messages.seq,
  clientId: messages.clientId,
  kind: messages.kind,
  body: messages.body,
  replyTo: messages.replyTo,
  createdAt: messages.createdAt,
  editedAt: messages.editedAt,
  deletedAt: messages.deletedAt,
  pinnedAt: messages.pinnedAt,
};

async function attachmentsOf(db: Db, ids: readonly number[]): Promise<Map<number, Attachment[]>> {
  if (ids.length === 0) return new Map();
  const { id, messageId } = attachments;
  const rows = await db
    .select(ATTACHMENT_COLUMNS)
    .from(attachments)
    .where(and(inArray(messageId, [...ids]), isNotNull(messageId)))
    .orderBy(id);
  return byMessage(rows, toAttachment);
}

/** All but the bytes. */
export const ATTACHMENT_COLUMNS = {
  messageId: attachments.messageId,
  id: attachments.id,
  name: attachments.name,
  type: attachments.type,
  size: attachments.size,
};

export function toAttachment({ id, name, type, size }: Omit<Attachment, "url">): Attachment {
  return { id, name, type, size, url: `/api/files/${id}` };
}

/** Usernames, `all` and `here`: each once, however many rows `@all` has made. */
async function mentionsIn(db: Db, ids: readonly number[]): Promise<Map<number, string[]>> {
  if (ids.length === 0) return new Map();
  const name = sql<string>`case when ${mentions.kind} = 'user' then ${users.username} else ${mentions.kind} end`;
  const rows = await db
    .selectDistinct({ messageId: mentions.messageId, name })
    .from(mentions)
    .innerJoin(users, eq(users.id, mentions.userId))
    .where(inArray(mentions.messageId, [...ids]))
    .orderBy(mentions.messageId, name);
  return byMessage(rows, (row) => row.name);
}

export interface Quoted {
  readonly id: number;
  readonly seq: number;
  readonly body: string;
  readonly username: string;
  readonly deleted: boolean;
}

/** A message as one that answers it has it. */
export const quoteOf = ({ id, seq, body, username, deleted }: Quoted): Quote => ({
  id,
  seq,
  username,
  excerpt: deleted ? "" : excerptOf(body),
});

function byMessage<Row extends { readonly messageId: number | null }, Value>(
  rows: readonly Row[],
  valueOf: (row: Row) => Value,
): Map<number, Value[]> {
  const found = new Map<number, Value[]>();
  for (const row of rows) {
    if (row.messageId === null) continue;
    const values = found.get(row.messageId);
    if (values === undefined) found.set(row.messageId, [valueOf(row)]);
    else values.push(valueOf(row));
  }
  return found;
}
