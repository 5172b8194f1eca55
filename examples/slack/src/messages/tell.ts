/** Who is told of a message beyond those who look at the room. */
import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { Message, Room, User } from "../contract.ts";
import type { Db } from "../database.ts";
import { members } from "../database/schema.ts";
import type { Happening } from "../happening.ts";
import type { Mentioned } from "../mentions.ts";
import { notify } from "../notifications.ts";
import { addMember } from "../rooms/create.ts";

export interface About {
  readonly room: Room;
  readonly author: User;
  readonly message: Message;
}

/** What is to be told before the message (that somebody is in the room now), and after it. */
export interface Told {
  readonly before: readonly Happening[];
  readonly after: readonly Happening[];
}

/** A message in a direct room is for the other one, also when they have hidden the conversation. */
export async function tellPeer(tx: Db, { room, author, message }: About): Promise<Told> {
  const [peer] = await tx
    .select({ userId: members.userId, notify: members.notify })
    .from(members)
    .where(and(eq(members.roomId, room.id), ne(members.userId, author.id)));
  if (peer === undefined) return { before: [], after: [] };
  const before = await show(tx, room, [peer.userId]);
  if (peer.notify === "none") return { before, after: [] };
  return {
    before,
    after: await notify(tx, [peer.userId], { kind: "direct", actor: author, room: named(room, author), message }),
  };
}

/** Whoever is mentioned is in the room from now on, sees it, and is notified. */
export async function tellMentioned(tx: Db, about: About, mentioned: readonly Mentioned[]): Promise<Told> {
  if (mentioned.length === 0) return { before: [], after: [] };
  const { room, author, message } = about;
  const before: Happening[] = [];
  for (const { userId, isMember } of mentioned) {
    if (isMember) continue;
    before.push(...(await addMember(tx, room.id, userId)));
    // Read up to what stands above, so that the message itself is not.
    await tx
      .update(members)
      .set({ lastReadSeq: message.seq - 1 })
      .where(memberIs(room.id, [userId]));
  }
  const ids = mentioned.map(({ userId }) => userId);
  before.push(...(await show(tx, room, ids)));
  const quiet = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(and(memberIs(room.id, ids), eq(members.notify, "none")));
  const isQuiet = new Set(quiet.map(({ userId }) => userId));
  const loud = ids.filter((id) => !isQuiet.has(id));
  return { before, after: await notify(tx, loud, { kind: "mention", actor: author, room, message }) };
}

/** Puts the room back into the sidebars of those who have hidden it. */
async function show(tx: Db, room: Room, userIds: readonly number[]): Promise<Happening[]> {
  const shown = await tx
    .update(members)
    .set({ hidden: false })
    .where(and(memberIs(room.id, userIds), eq(members.hidden, true)))
    .returning({ userId: members.userId });
  return shown.map(({ userId }) => ({ what: "shown", userId, roomId: room.id, direct: room.kind === "direct" }));
}

const memberIs = (roomId: number, userIds: readonly number[]) =>
  and(eq(members.roomId, roomId), userIds.length === 0 ? sql`false` : inArray(members.userId, [...userIds]));

/** The other one knows a direct room by the author's name. */
const named = (room: Room, author: User): Pick<Room, "id" | "name"> => ({ id: room.id, name: author.name });
