/** The files that users send: images, stored in the database until (and after) a message has them. */
import { and, count, eq, isNull, lt } from "drizzle-orm";
import type { Attachment } from "./contract.ts";
import type { Db } from "./database.ts";
import { attachments, members, messages, rooms } from "./database/schema.ts";
import { can } from "./permissions.ts";
import { refused } from "./refused.ts";

/** Bytes. */
export const MAX_FILE_SIZE = 5_000_000;
/** Files of one user that no message has yet. */
const MAX_WAITING = 20;
const DAY = 86_400_000;

export interface StoredFile {
  readonly name: string;
  readonly type: string;
  readonly data: Uint8Array;
}

/** Stores an image for a message that is still to be sent. Refuses ("invalid"). */
export async function upload(db: Db, userId: number, name: string, data: Uint8Array): Promise<Attachment> {
  const type = imageType(data);
  if (type === undefined) throw refused("invalid", "Only images can be sent: PNG, JPEG, GIF or WebP.");
  if (data.length > MAX_FILE_SIZE) throw refused("invalid", "An image may have 5 MB.");
  await makeRoom(db, userId);
  const [row] = await db
    .insert(attachments)
    .values({ userId, name: cleanName(name), type, size: data.length, data })
    .returning({ id: attachments.id, name: attachments.name, type: attachments.type, size: attachments.size });
  if (row === undefined) throw new Error("the database gave nothing back");
  return { ...row, url: `/api/files/${row.id}` };
}

/** A file for who sent it, or may read the message that has it. Refuses ("not_found"). */
export async function fileFor(db: Db, userId: number, id: number): Promise<StoredFile> {
  const [row] = await db
    .select({
      name: attachments.name,
      type: attachments.type,
      data: attachments.data,
      ownerId: attachments.userId,
      messageId: attachments.messageId,
      deletedAt: messages.deletedAt,
      kind: rooms.kind,
      memberId: members.userId,
    })
    .from(attachments)
    .leftJoin(messages, eq(messages.id, attachments.messageId))
    .leftJoin(rooms, eq(rooms.id, messages.roomId))
    .leftJoin(members, and(eq(members.roomId, rooms.id), eq(members.userId, userId)))
    .where(eq(attachments.id, id));
  if (row === undefined || row.deletedAt !== null) throw notFound();
  const mayRead =
    row.ownerId === userId ||
    row.memberId !== null ||
    (row.kind === "public" && (await can(db, userId, "view-public")));
  if (!mayRead) throw notFound();
  return { name: row.name, type: row.type, data: row.data };
}

/** Forgets files that were never sent, and refuses more than one could be about to send. */
async function makeRoom(db: Db, userId: number): Promise<void> {
  const waiting = and(eq(attachments.userId, userId), isNull(attachments.messageId));
  await db.delete(attachments).where(and(waiting, lt(attachments.createdAt, new Date(Date.now() - DAY))));
  const [found] = await db.select({ count: count() }).from(attachments).where(waiting);
  if ((found?.count ?? 0) >= MAX_WAITING) throw refused("invalid", "Send the images that you have chosen first.");
}

/** What a file is by its first bytes, whatever its name says. Undefined for anything but an image. */
function imageType(data: Uint8Array): string | undefined {
  const start = Buffer.from(data.subarray(0, 12)).toString("latin1");
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (/^GIF8[79]a/.test(start)) return "image/gif";
  if (start.startsWith("RIFF") && start.slice(8) === "WEBP") return "image/webp";
  return undefined;
}

/** The last part of a path, without what no header or page could show. */
function cleanName(name: string): string {
  const clean = name
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "")
    .trim();
  return clean === undefined || clean === "" ? "image" : [...clean].slice(0, 100).join("");
}

function notFound(): ReturnType<typeof refused> {
  return refused("not_found", "There is no such file.");
}
