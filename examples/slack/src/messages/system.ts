/** Numbers for messages, and the messages that the server writes itself. */
import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import type { Db } from "../database.ts";
import { messages, rooms } from "../database/schema.ts";
import type { Happening } from "../happening.ts";
import { refused } from "../refused.ts";
import { messageIn } from "./view.ts";

/** The next number in a room. Until the transaction has ended, nobody else gets one there. */
export async function nextSeq(tx: Db, roomId: number): Promise<number> {
  const [room] = await tx
    .update(rooms)
    .set({ lastSeq: sql`${rooms.lastSeq} + 1` })
    .where(eq(rooms.id, roomId))
    .returning({ seq: rooms.lastSeq });
  if (room === undefined) throw refused("not_found", "There is no such channel.");
  return room.seq;
}

/** Says in the room what somebody did: `body` goes on after their name. It makes no room unread. */
export async function tellInRoom(tx: Db, roomId: number, userId: number, body: string): Promise<Happening[]> {
  const seq = await nextSeq(tx, roomId);
  const [row] = await tx
    .insert(messages)
    .values({ roomId, seq, userId, clientId: randomUUID(), kind: "system", body })
    .returning({ id: messages.id });
  const message = row && (await messageIn(tx, roomId, row.id));
  return message === undefined ? [] : [{ what: "message", message }];
}
