import { eq } from "drizzle-orm";
import type { Room } from "../contract.ts";
import type { Db } from "../database.ts";
import { rooms } from "../database/schema.ts";
import type { Happening, Outcome } from "../happening.ts";
import { tellInRoom } from "../messages/system.ts";
import { ensureCan } from "../permissions.ts";
import { refused } from "../refused.ts";
import { ensureView, findRoom } from "./find.ts";

export type Setting =
  | { readonly field: "name"; readonly value: string }
  | { readonly field: "topic"; readonly value: string }
  | { readonly field: "readOnly"; readonly value: boolean }
  | { readonly field: "archived"; readonly value: boolean };

/** Changes one thing about a room. Its id, and with it its topic and conversation, stay. */
export async function changeRoom(db: Db, userId: number, roomId: number, setting: Setting): Promise<Outcome<Room>> {
  await ensureView(db, userId, roomId);
  await ensureCan(db, userId, setting.field === "archived" ? "archive-room" : "edit-room", roomId);
  try {
    return await db.transaction((tx) => change(tx, userId, roomId, setting));
  } catch (failure) {
    if (setting.field !== "name" || !isTaken(failure)) throw failure;
    throw refused("taken", `There is a channel with the name ${setting.value} already.`);
  }
}

async function change(tx: Db, userId: number, roomId: number, setting: Setting): Promise<Outcome<Room>> {
  const before = await findRoom(tx, roomId);
  if (before.kind === "direct") throw refused("invalid", "There is nothing to set in a conversation of two.");
  if (before.archived && setting.field !== "archived") throw refused("archived", "This channel is archived.");
  if (before[setting.field] === setting.value) return { result: before, happened: [] };
  await tx
    .update(rooms)
    .set({ [setting.field]: setting.value })
    .where(eq(rooms.id, roomId));
  const told = await tellInRoom(tx, roomId, userId, sentenceOf(setting));
  const room = await findRoom(tx, roomId);
  const isAboutRights = setting.field === "readOnly" || setting.field === "archived";
  const rights: Happening[] = isAboutRights ? [{ what: "rights", roomId }] : [];
  return { result: room, happened: [...told, { what: "room", room }, ...rights] };
}

/** Whether the database has refused to have two of the same. */
function isTaken(failure: unknown): boolean {
  const { cause } = failure as { readonly cause?: { readonly code?: unknown } };
  return cause?.code === "23505";
}

/** After the name of who did it. */
function sentenceOf({ field, value }: Setting): string {
  switch (field) {
    case "name":
      return `renamed this channel to #${value}`;
    case "topic":
      return value === "" ? "cleared the topic" : `set the topic: ${value}`;
    case "readOnly":
      return value ? "made this channel read-only" : "let everybody write in this channel again";
    case "archived":
      return value ? "archived this channel" : "took this channel out of the archive";
  }
}
