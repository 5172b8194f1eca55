/** Conversations of two. */
import { and, eq } from "drizzle-orm";
import { findUser, setIgnored } from "../accounts.ts";
import type { Db } from "../database.ts";
import { members, rooms } from "../database/schema.ts";
import type { Happening, Outcome } from "../happening.ts";
import { ensureCan } from "../permissions.ts";
import { refused } from "../refused.ts";

/**
 * The one direct room of two people, whoever opens it. It comes into the sidebar of who opens it; the other one sees it
 * when the first message is there. Gives its id.
 */
export async function openDirect(db: Db, userId: number, otherId: number): Promise<Outcome<number>> {
  if (userId === otherId) throw refused("invalid", "Find somebody else to talk to.");
  if ((await findUser(db, otherId)) === undefined) throw refused("not_found", "There is no such user.");
  return db.transaction(async (tx) => {
    const roomId = (await findDirect(tx, userId, otherId)) ?? (await createDirect(tx, userId, otherId));
    await tx
      .update(members)
      .set({ hidden: false })
      .where(and(eq(members.roomId, roomId), eq(members.userId, userId)));
    return { result: roomId, happened: [{ what: "shown", userId, roomId, direct: true }] };
  });
}

/** Ignores somebody, or hears them again. The two cannot write to each other meanwhile. */
export async function ignoreUser(db: Db, userId: number, ignoredId: number, ignored: boolean): Promise<Outcome<void>> {
  await setIgnored(db, userId, ignoredId, ignored);
  const roomId = await findDirect(db, userId, ignoredId);
  const rights: Happening[] = roomId === undefined ? [] : [{ what: "rights", roomId }];
  return { result: undefined, happened: [{ what: "ignored", userId, ignoredId, ignored }, ...rights] };
}

async function findDirect(db: Db, a: number, b: number): Promise<number | undefined> {
  const [room] = await db
    .select({ id: rooms.id })
    .from(rooms)
    .where(eq(rooms.directKey, keyOf(a, b)));
  return room?.id;
}

async function createDirect(tx: Db, userId: number, otherId: number): Promise<number> {
  await ensureCan(tx, userId, "create-direct");
  const [room] = await tx
    .insert(rooms)
    .values({ kind: "direct", directKey: keyOf(userId, otherId), createdBy: userId })
    .onConflictDoNothing()
    .returning({ id: rooms.id });
  // The other one has opened it at the same time.
  const roomId = room?.id ?? (await findDirect(tx, userId, otherId));
  if (roomId === undefined) throw refused("not_found", "The conversation could not be opened. Try again.");
  await tx
    .insert(members)
    .values([
      { roomId, userId },
      { roomId, userId: otherId, hidden: true },
    ])
    .onConflictDoNothing();
  return roomId;
}

/** The same in both directions. */
const keyOf = (a: number, b: number): string => `${Math.min(a, b)}:${Math.max(a, b)}`;
