/** Who comes, who goes, and who is what in a room. */
import { and, count, eq } from "drizzle-orm";
import { findUser } from "../accounts.ts";
import type { Member, Room, RoomRole } from "../contract.ts";
import type { Db } from "../database.ts";
import { members, rooms } from "../database/schema.ts";
import type { Happening, Outcome } from "../happening.ts";
import { tellInRoom } from "../messages/system.ts";
import { notify } from "../notifications.ts";
import { can, ensureCan } from "../permissions.ts";
import { refused } from "../refused.ts";
import { addMember } from "./create.ts";
import { ensureView, findRoom, memberIn } from "./find.ts";

/** Only public rooms are joined; into others one is invited. */
export function joinRoom(db: Db, userId: number, roomId: number): Promise<Outcome<void>> {
  return change(db, userId, roomId, async (tx, room) => {
    if ((await memberIn(tx, roomId, userId)) !== undefined) return [];
    await ensureCan(tx, userId, "view-public");
    ensureOpen(room);
    const joined = await addMember(tx, roomId, userId);
    return [...joined, ...(await tellInRoom(tx, roomId, userId, "joined"))];
  });
}

export function leaveRoom(db: Db, userId: number, roomId: number): Promise<Outcome<void>> {
  return change(db, userId, roomId, async (tx, room) => {
    if (room.kind === "direct") throw refused("invalid", "A conversation can be hidden, but not left.");
    const member = await ensureMember(tx, roomId, userId);
    await ensureOwnerRemains(tx, roomId, member);
    const told = await tellInRoom(tx, roomId, userId, "left");
    return [...told, ...(await removeMember(tx, room, member, "left"))];
  });
}

export function inviteMember(db: Db, byId: number, roomId: number, userId: number): Promise<Outcome<void>> {
  return change(db, byId, roomId, async (tx, room) => {
    await ensureCan(tx, byId, "invite-user", roomId);
    ensureOpen(room);
    if (room.kind === "direct") throw refused("invalid", "Nobody can be invited to a conversation of two.");
    const user = await findUser(tx, userId);
    if (user === undefined) throw refused("not_found", "There is no such user.");
    const joined = await addMember(tx, roomId, userId);
    if (joined.length === 0) throw refused("taken", `${user.name} is in this channel already.`);
    const actor = await findUser(tx, byId);
    const told = await tellInRoom(tx, roomId, byId, `invited @${user.username}`);
    const notified = actor === undefined ? [] : await notify(tx, [userId], { kind: "invite", actor, room });
    return [...joined, ...told, ...notified];
  });
}

export function kickMember(db: Db, byId: number, roomId: number, userId: number): Promise<Outcome<void>> {
  return change(db, byId, roomId, async (tx, room) => {
    await ensureCan(tx, byId, "remove-user", roomId);
    const member = await ensureMember(tx, roomId, userId);
    await ensureRank(tx, byId, roomId, member);
    await ensureOwnerRemains(tx, roomId, member);
    const told = await tellInRoom(tx, roomId, byId, `removed @${member.user.username}`);
    // First of all: of what is told after it, the removed one gets nothing.
    return [...(await removeMember(tx, room, member, "kicked")), ...told];
  });
}

export function muteMember(
  db: Db,
  byId: number,
  roomId: number,
  userId: number,
  muted: boolean,
): Promise<Outcome<void>> {
  return change(db, byId, roomId, async (tx) => {
    await ensureCan(tx, byId, "mute-user", roomId);
    const member = await ensureMember(tx, roomId, userId);
    await ensureRank(tx, byId, roomId, member);
    return setMember(tx, roomId, member, { muted });
  });
}

export function setRole(db: Db, byId: number, roomId: number, userId: number, role: RoomRole): Promise<Outcome<void>> {
  return change(db, byId, roomId, async (tx) => {
    await ensureCan(tx, byId, "set-role", roomId);
    const member = await ensureMember(tx, roomId, userId);
    if (role !== "owner") await ensureOwnerRemains(tx, roomId, member);
    return setMember(tx, roomId, member, { role });
  });
}

/** Something that somebody does to a room which they may see. */
function change(
  db: Db,
  userId: number,
  roomId: number,
  work: (tx: Db, room: Room) => Promise<readonly Happening[]>,
): Promise<Outcome<void>> {
  return db.transaction(async (tx) => {
    await ensureView(tx, userId, roomId);
    return { result: undefined, happened: await work(tx, await findRoom(tx, roomId)) };
  });
}

async function setMember(
  tx: Db,
  roomId: number,
  member: Member,
  values: Partial<Pick<Member, "role" | "muted">>,
): Promise<Happening[]> {
  await tx
    .update(members)
    .set(values)
    .where(and(eq(members.roomId, roomId), eq(members.userId, member.user.id)));
  return [{ what: "member", roomId, member: { ...member, ...values } }];
}

async function removeMember(tx: Db, room: Room, { user }: Member, why: "left" | "kicked"): Promise<Happening[]> {
  await tx.delete(members).where(and(eq(members.roomId, room.id), eq(members.userId, user.id)));
  return [{ what: "left", roomId: room.id, roomName: room.name, user, why }];
}

async function ensureMember(db: Db, roomId: number, userId: number): Promise<Member> {
  const member = await memberIn(db, roomId, userId);
  if (member === undefined) throw refused("not_found", "They are not in this channel.");
  return member;
}

/** Somebody has to be able to look after the room. */
async function ensureOwnerRemains(tx: Db, roomId: number, { role }: Member): Promise<void> {
  if (role !== "owner") return;
  // Of the last two that go at the same time, on two processes, the second waits here, and stays.
  await tx.select({ id: rooms.id }).from(rooms).where(eq(rooms.id, roomId)).for("no key update");
  const [row] = await tx
    .select({ owners: count() })
    .from(members)
    .where(and(eq(members.roomId, roomId), eq(members.role, "owner")));
  if ((row?.owners ?? 0) > 1) return;
  throw refused("invalid", "This is the channel's last owner: make somebody else an owner first.");
}

/** Owners are above moderators: only who may set roles may act against them. */
async function ensureRank(db: Db, byId: number, roomId: number, member: Member): Promise<void> {
  if (member.role === "owner" && !(await can(db, byId, "set-role", roomId))) {
    throw refused("forbidden", "An owner of this channel is above you.");
  }
}

function ensureOpen(room: Room): void {
  if (room.archived) throw refused("archived", "This channel is archived.");
}
