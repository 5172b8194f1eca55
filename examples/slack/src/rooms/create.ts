import { and, eq } from "drizzle-orm";
import type { RoomKind } from "../contract.ts";
import type { Db } from "../database.ts";
import { members, rooms } from "../database/schema.ts";
import type { Happening, Outcome } from "../happening.ts";
import { tellInRoom } from "../messages/system.ts";
import { ensureCan } from "../permissions.ts";
import { refused } from "../refused.ts";
import { memberIn } from "./find.ts";

interface Creation {
  readonly name: string;
  readonly kind: Exclude<RoomKind, "direct">;
  readonly topic?: string | undefined;
}

/** Makes a room that the user owns. Refuses ("taken"). Gives its id. */
export async function createRoom(db: Db, userId: number, { name, kind, topic }: Creation): Promise<Outcome<number>> {
  await ensureCan(db, userId, kind === "public" ? "create-public" : "create-private");
  return db.transaction(async (tx) => {
    const [room] = await tx
      .insert(rooms)
      .values({ name, kind, topic: topic ?? "", createdBy: userId })
      .onConflictDoNothing()
      .returning({ id: rooms.id });
    if (room === undefined) throw refused("taken", `There is a channel with the name ${name} already.`);
    const joined = await addMember(tx, room.id, userId, "owner");
    const told = await tellInRoom(tx, room.id, userId, "created this channel");
    return { result: room.id, happened: [...joined, ...told] };
  });
}

/** Puts a new user into the rooms in which everybody is. */
export async function joinDefaultRooms(db: Db, userId: number): Promise<Outcome<void>> {
  return db.transaction(async (tx) => {
    const defaults = await tx
      .select({ id: rooms.id })
      .from(rooms)
      .where(and(eq(rooms.isDefault, true), eq(rooms.archived, false)))
      .orderBy(rooms.id);
    const happened: Happening[] = [];
    for (const { id } of defaults) happened.push(...(await addMember(tx, id, userId)));
    return { result: undefined, happened };
  });
}

/** Adds somebody who has read everything up to now. Nothing happens when they are in the room already. */
export async function addMember(
  db: Db,
  roomId: number,
  userId: number,
  role: "owner" | "member" = "member",
): Promise<Happening[]> {
  const [room] = await db.select({ lastSeq: rooms.lastSeq }).from(rooms).where(eq(rooms.id, roomId));
  const added = await db
    .insert(members)
    .values({ roomId, userId, role, lastReadSeq: room?.lastSeq ?? 0 })
    .onConflictDoNothing()
    .returning({ userId: members.userId });
  const member = added.length === 0 ? undefined : await memberIn(db, roomId, userId);
  return member === undefined ? [] : [{ what: "joined", roomId, member }];
}
