import { eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { setBan } from "../src/accounts.ts";
import type { RoomKind } from "../src/contract.ts";
import { members, rolePermissions, rooms } from "../src/database/schema.ts";
import { newestMessages } from "../src/messages.ts";
import {
  browseRooms,
  canView,
  changeRoom,
  createRoom,
  inviteMember,
  joinDefaultRooms,
  joinRoom,
  kickMember,
  leaveRoom,
  membersOf,
  muteMember,
  openDirect,
  roomFor,
  setRole,
  setRoomPreferences,
  summaries,
  summaryOf,
} from "../src/rooms.ts";
import { refusal, send, testWorld } from "./world.ts";

const world = testWorld();

const create = (userId: number, name: string, kind: Exclude<RoomKind, "direct"> = "public") =>
  createRoom(world.db, userId, { name, kind });

const names = async (userId: number): Promise<string[]> =>
  (await membersOf(world.db, userId)).map(({ user }) => user.username);

describe("making rooms", () => {
  it("makes its maker the owner", async () => {
    const { db, people } = world;
    const { result: roomId, happened } = await create(people.carol, "tea");
    expect(await summaryOf(db, people.carol, roomId)).toMatchObject({ name: "tea", kind: "public", lastSeq: 1 });
    expect(await membersOf(db, roomId)).toMatchObject([{ user: { username: "carol" }, role: "owner" }]);
    expect(happened.map(({ what }) => what)).toEqual(["joined", "message"]);
  });

  it("needs a free name and a permission", async () => {
    const { db, people } = world;
    await expect(create(people.carol, "general")).rejects.toMatchObject(refusal("taken"));
    await expect(create(people.carol, "secret")).rejects.toMatchObject(refusal("taken"));
    await db.delete(rolePermissions).where(eq(rolePermissions.permission, "create-private"));
    await expect(create(people.carol, "mine", "private")).rejects.toMatchObject(refusal("forbidden"));
    await setBan(db, people.carol, "spam");
    await expect(create(people.carol, "mine")).rejects.toMatchObject(refusal("banned"));
  });

  it("puts new people into the default rooms, once", async () => {
    const { db, people, general } = world;
    await db.update(rooms).set({ isDefault: true }).where(eq(rooms.id, general));
    expect((await joinDefaultRooms(db, people.erin)).happened).toMatchObject([{ what: "joined", roomId: general }]);
    expect((await joinDefaultRooms(db, people.erin)).happened).toEqual([]);
    expect(await names(general)).toContain("erin");
  });
});

describe("who sees what", () => {
  it("hides private rooms from strangers, admins too", async () => {
    const { db, people, general, secret } = world;
    const { result: own } = await create(people.carol, "carols", "private");
    expect(await canView(db, people.carol, secret)).toBe(false);
    expect(await canView(db, people.alice, own)).toBe(false);
    expect(await canView(db, people.dave, general)).toBe(true);
    expect(await canView(db, people.dave, 999_999)).toBe(false);
    const seen = async (name: "alice" | "carol", query = "") =>
      (await browseRooms(db, people[name], query)).map((room) => [room.name, room.joined, room.members]);
    expect(await seen("carol")).toEqual([
      ["carols", true, 1],
      ["general", true, 3],
      ["news", false, 2],
    ]);
    expect(await seen("carol", "secret")).toEqual([]);
    await db.update(rooms).set({ archived: true }).where(eq(rooms.id, general));
    expect((await browseRooms(db, people.carol, "")).map(({ name, archived }) => [name, archived])).toEqual([
      ["carols", false],
      ["news", false],
      ["general", true],
    ]);
    expect(await seen("alice", "#SEC")).toEqual([["secret", true, 2]]);
    expect(await seen("alice", "%")).toEqual([]);
  });

  it("hides public ones from who may not view them", async () => {
    const { db, people, general } = world;
    await db.delete(rolePermissions).where(eq(rolePermissions.permission, "view-public"));
    expect(await canView(db, people.dave, general)).toBe(false);
    expect(await canView(db, people.bob, general)).toBe(true);
    expect(await browseRooms(db, people.dave, "")).toEqual([]);
    await expect(joinRoom(db, people.dave, general)).rejects.toMatchObject(refusal("unauthorized"));
  });
});

describe("coming and going", () => {
  it("joins public rooms only", async () => {
    const { db, people, general, secret } = world;
    const { happened } = await joinRoom(db, people.dave, general);
    expect(happened).toMatchObject([
      { what: "joined", member: { user: { username: "dave" }, role: "member" } },
      { what: "message", message: { kind: "system", body: "joined" } },
    ]);
    expect((await joinRoom(db, people.dave, general)).happened).toEqual([]);
    await expect(joinRoom(db, people.dave, secret)).rejects.toMatchObject(refusal("unauthorized"));
    await expect(joinRoom(db, people.dave, 999_999)).rejects.toMatchObject(refusal("unauthorized"));
  });

  it("has read what was said before", async () => {
    const { db, people, general } = world;
    await send(world, people.bob, general, "@all");
    await joinRoom(db, people.dave, general);
    expect((await summaryOf(db, people.dave, general)).unread).toMatchObject({ hasUnread: false, lastReadSeq: 1 });
  });

  it("keeps the last owner", async () => {
    const { db, people, general } = world;
    await expect(leaveRoom(db, people.alice, general)).rejects.toMatchObject(refusal("invalid"));
    await expect(setRole(db, people.alice, general, people.alice, "member")).rejects.toMatchObject(refusal("invalid"));
    await expect(kickMember(db, people.alice, general, people.alice)).rejects.toMatchObject(refusal("invalid"));
    await setRole(db, people.alice, general, people.bob, "owner");
    expect((await leaveRoom(db, people.alice, general)).happened.map(({ what }) => what)).toEqual(["message", "left"]);
    expect(await names(general)).toEqual(["bob", "carol"]);
    await expect(leaveRoom(db, people.alice, general)).rejects.toMatchObject(refusal("not_found"));
  });

  it("keeps one of two owners who leave at the same time", async () => {
    const { db, people, general } = world;
    await setRole(db, people.alice, general, people.bob, "owner");
    const left = await Promise.allSettled([people.alice, people.bob].map((id) => leaveRoom(db, id, general)));
    expect(left.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await membersOf(db, general)).filter(({ role }) => role === "owner")).toHaveLength(1);
  });

  it("invites and removes by permission, and never from outside", async () => {
    const { db, people, secret } = world;
    await expect(inviteMember(db, people.bob, secret, people.carol)).rejects.toMatchObject(refusal("forbidden"));
    await expect(inviteMember(db, people.carol, secret, people.carol)).rejects.toMatchObject(refusal("unauthorized"));
    await expect(inviteMember(db, people.alice, secret, 999_999)).rejects.toMatchObject(refusal("not_found"));
    await inviteMember(db, people.alice, secret, people.carol);
    await expect(inviteMember(db, people.alice, secret, people.carol)).rejects.toMatchObject(refusal("taken"));
    expect(await canView(db, people.carol, secret)).toBe(true);

    await expect(kickMember(db, people.bob, secret, people.carol)).rejects.toMatchObject(refusal("forbidden"));
    const { happened } = await kickMember(db, people.alice, secret, people.carol);
    expect(happened).toMatchObject([{ what: "left", why: "kicked", roomName: "secret" }, { what: "message" }]);
    expect(await canView(db, people.carol, secret)).toBe(false);
    await expect(kickMember(db, people.alice, secret, people.carol)).rejects.toMatchObject(refusal("not_found"));
  });

  it("lets no moderator act against an owner", async () => {
    const { db, people, secret } = world;
    await db.delete(rolePermissions).where(eq(rolePermissions.role, "admin"));
    await setRole(db, people.alice, secret, people.bob, "moderator");
    await expect(setRole(db, people.bob, secret, people.bob, "owner")).rejects.toMatchObject(refusal("forbidden"));
    await expect(muteMember(db, people.bob, secret, people.alice, true)).rejects.toMatchObject(refusal("forbidden"));
    await expect(kickMember(db, people.bob, secret, people.alice)).rejects.toMatchObject(refusal("forbidden"));
  });

  it("mutes and lets speak again", async () => {
    const { db, people, general } = world;
    await expect(muteMember(db, people.bob, general, people.carol, true)).rejects.toMatchObject(refusal("forbidden"));
    expect((await muteMember(db, people.alice, general, people.carol, true)).happened).toMatchObject([
      { what: "member", member: { muted: true, user: { username: "carol" } } },
    ]);
    await expect(send(world, people.carol, general, "mmm")).rejects.toMatchObject(refusal("muted"));
    await muteMember(db, people.alice, general, people.carol, false);
    await send(world, people.carol, general, "ah");
  });
});

describe("settings", () => {
  it("are for who may edit the room, archiving for its owners", async () => {
    const { db, people, general, secret } = world;
    const rename = (userId: number, roomId: number) => changeRoom(db, userId, roomId, { field: "name", value: "talk" });
    await expect(rename(people.bob, general)).rejects.toMatchObject(refusal("forbidden"));
    await expect(rename(people.carol, secret)).rejects.toMatchObject(refusal("unauthorized"));
    await db.delete(rolePermissions).where(eq(rolePermissions.role, "admin"));
    await setRole(db, people.alice, general, people.bob, "moderator");
    await rename(people.bob, general);
    await expect(changeRoom(db, people.bob, general, { field: "archived", value: true })).rejects.toMatchObject(
      refusal("forbidden"),
    );
  });

  it("keep the id and the conversation when the name changes", async () => {
    const { db, people, general } = world;
    await send(world, people.bob, general, "before");
    const { result, happened } = await changeRoom(db, people.alice, general, { field: "name", value: "talk" });
    expect(result).toMatchObject({ id: general, name: "talk", lastSeq: 2 });
    expect(happened.map(({ what }) => what)).toEqual(["message", "room"]);
    expect((await newestMessages(db, people.bob, general)).messages.map(({ body }) => body)).toEqual([
      "before",
      "renamed this channel to #talk",
    ]);
    expect((await changeRoom(db, people.alice, general, { field: "name", value: "talk" })).happened).toEqual([]);
    await expect(changeRoom(db, people.alice, general, { field: "name", value: "news" })).rejects.toMatchObject(
      refusal("taken"),
    );
    expect((await roomFor(db, people.alice, general)).lastSeq).toBe(2);
  });

  it("open a read-only room to all, and close an archived one to all", async () => {
    const { db, people, news } = world;
    expect((await changeRoom(db, people.alice, news, { field: "readOnly", value: false })).happened).toContainEqual({
      what: "rights",
      roomId: news,
    });
    await send(world, people.bob, news, "at last");
    await changeRoom(db, people.alice, news, { field: "archived", value: true });
    await expect(send(world, people.alice, news, "hi")).rejects.toMatchObject(refusal("archived"));
    for (const work of [
      () => changeRoom(db, people.alice, news, { field: "topic", value: "x" }),
      () => joinRoom(db, people.dave, news),
      () => inviteMember(db, people.alice, news, people.dave),
    ]) {
      await expect(work()).rejects.toMatchObject(refusal("archived"));
    }
    await changeRoom(db, people.alice, news, { field: "archived", value: false });
    await send(world, people.bob, news, "back");
  });

  it("of one's own are one's own", async () => {
    const { db, people, general, secret } = world;
    await setRoomPreferences(db, people.bob, general, { starred: true, notify: "mentions" });
    expect(await summaryOf(db, people.bob, general)).toMatchObject({
      starred: true,
      hidden: false,
      notify: "mentions",
    });
    expect(await summaryOf(db, people.carol, general)).toMatchObject({ starred: false, notify: "all" });
    await expect(setRoomPreferences(db, people.carol, secret, { starred: true })).rejects.toMatchObject(
      refusal("not_found"),
    );
  });
});

describe("direct rooms", () => {
  it("are one for two people, whoever opens it and also at the same time", async () => {
    const { db, people } = world;
    const opened = await Promise.all([
      openDirect(db, people.bob, people.carol),
      openDirect(db, people.carol, people.bob),
      openDirect(db, people.bob, people.carol),
    ]);
    expect(new Set(opened.map(({ result }) => result)).size).toBe(1);
    expect(await db.$count(rooms, eq(rooms.kind, "direct"))).toBe(1);
    expect(await db.$count(members, eq(members.roomId, opened[0].result))).toBe(2);
  });

  it("stay out of the other's sidebar until something is said", async () => {
    const { db, people } = world;
    const { result: roomId } = await openDirect(db, people.bob, people.carol);
    expect(await summaryOf(db, people.bob, roomId)).toMatchObject({ hidden: false, name: "Carol" });
    expect(await summaryOf(db, people.carol, roomId)).toMatchObject({ hidden: true });
    const { happened } = await send(world, people.bob, roomId, "hello");
    expect(happened[0]).toEqual({ what: "shown", userId: people.carol, roomId, direct: true });
    expect(await summaryOf(db, people.carol, roomId)).toMatchObject({ hidden: false, unread: { mentions: 1 } });
  });

  it("are closed to everybody else, and to what is for channels", async () => {
    const { db, people } = world;
    const { result: roomId } = await openDirect(db, people.bob, people.carol);
    expect(await canView(db, people.alice, roomId)).toBe(false);
    await expect(openDirect(db, people.bob, people.bob)).rejects.toMatchObject(refusal("invalid"));
    await expect(openDirect(db, people.bob, 999_999)).rejects.toMatchObject(refusal("not_found"));
    await expect(leaveRoom(db, people.bob, roomId)).rejects.toMatchObject(refusal("invalid"));
    await expect(inviteMember(db, people.bob, roomId, people.dave)).rejects.toMatchObject(refusal("forbidden"));
    await expect(changeRoom(db, people.bob, roomId, { field: "topic", value: "x" })).rejects.toMatchObject(
      refusal("forbidden"),
    );
    await expect(kickMember(db, people.bob, roomId, people.carol)).rejects.toMatchObject(refusal("forbidden"));
  });
});

it("asks for all rooms of a user in one query", async () => {
  const { db, people } = world;
  for (let index = 0; index < 5; index++) await create(people.bob, `room-${index}`);
  let queries = 0;
  const counting = new Proxy(db, {
    get(target, key, receiver) {
      if (key === "select") queries++;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  expect(await summaries(counting, people.bob)).toHaveLength(8);
  expect(queries).toBe(1);
});
