import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { members, mentions, notifications } from "../src/database/schema.ts";
import { parseMentions } from "../src/mentions.ts";
import { deleteMessage, editMessage, mentionsOf, newestMessages } from "../src/messages.ts";
import {
  newestNotifications,
  notificationsAfter,
  notificationsBefore,
  readAll,
  readOne,
  unreadNotifications,
} from "../src/notifications.ts";
import { ignoreUser, inviteMember, openDirect, setRoomPreferences } from "../src/rooms.ts";
import { readRoom, unreadIn } from "../src/unread.ts";
import { nobodyOnline, notifiedIn, refusal, send, testWorld } from "./world.ts";

describe("what is a mention", () => {
  it.each([
    ["@bob", ["bob"]],
    ["hi @Bob, @carol-ann. And @bob!", ["bob", "carol-ann"]],
    ['(@bob) "@erin" @bob\'s', ["bob", "erin"]],
    ["bob@example.com, a/@b, @@bob, @", []],
    ["`@bob` and ```\n@carol\n``` but @dave", ["dave"]],
    ["@jürgen_2.", ["jürgen_2"]],
  ])("%s", (body, usernames) => {
    expect(parseMentions(body)).toEqual({ usernames, all: false, here: false });
  });

  it("is @all and @here, too", () => {
    expect(parseMentions("@all @here @bob @ALL")).toEqual({ usernames: ["bob"], all: true, here: true });
  });
});

const world = testWorld();

const badge = async (userId: number, roomId: number) => (await unreadIn(world.db, userId, roomId))?.mentions;

describe("a mention", () => {
  it("is one for each person, none for oneself, none for nobody", async () => {
    const { db, people, general } = world;
    const { happened, result } = await send(world, people.bob, general, "@carol @bob @carol @nobody @alice");
    expect(notifiedIn(happened)).toEqual([people.alice, people.carol]);
    expect(result.message.mentions).toEqual(["alice", "carol"]);
    expect((await newestMessages(db, people.dave, general)).messages).toMatchObject([result.message]);
    expect(await badge(people.carol, general)).toBe(1);
    expect(await badge(people.bob, general)).toBe(0);
    expect(await mentionsOf(db, people.carol)).toMatchObject([{ message: { seq: 1 }, room: { name: "general" } }]);
  });

  it("brings who is not there into a public room, with this message unread", async () => {
    const { people, general } = world;
    await send(world, people.bob, general, "before");
    const { happened } = await send(world, people.bob, general, "welcome @dave");
    expect(happened.map(({ what }) => what)).toEqual(["joined", "message", "notified"]);
    expect(await unreadIn(world.db, people.dave, general)).toEqual({
      roomId: general,
      hasUnread: true,
      mentions: 1,
      lastReadSeq: 1,
    });
  });

  it("does nothing to who is not in a private room", async () => {
    const { db, people, secret } = world;
    const { happened, result } = await send(world, people.alice, secret, "not for @carol, for @bob");
    expect(notifiedIn(happened)).toEqual([people.bob]);
    expect(result.message.mentions).toEqual(["bob"]);
    expect(await unreadIn(db, people.carol, secret)).toBeUndefined();
    expect(await db.$count(notifications, eq(notifications.userId, people.carol))).toBe(0);
  });

  it("of all needs a permission: else there is a notice, and nobody is notified", async () => {
    const { db, people, general } = world;
    const forbidden = await send(world, people.bob, general, "@all @here @carol", { online: [people.alice] });
    expect(forbidden.result.notice).toContain("@all");
    expect(notifiedIn(forbidden.happened)).toEqual([people.carol]);
    expect(await db.$count(mentions)).toBe(1);

    const { happened, result } = await send(world, people.alice, general, "@all lunch");
    expect(result.notice).toBeNull();
    expect(notifiedIn(happened)).toEqual([people.bob, people.carol]);
    expect(result.message.mentions).toEqual(["all"]);
    expect((await newestMessages(db, people.bob, general)).messages.at(-1)?.mentions).toEqual(["all"]);
  });

  it("of those who are here is for members who are online", async () => {
    const { people, general } = world;
    const online = [people.alice, people.carol, people.dave];
    const { happened } = await send(world, people.alice, general, "@here quick", { online });
    expect(notifiedIn(happened)).toEqual([people.carol]);
  });

  it("does not reach who ignores its author", async () => {
    const { db, people, general } = world;
    await ignoreUser(db, people.carol, people.bob, true);
    expect(notifiedIn((await send(world, people.bob, general, "@carol")).happened)).toEqual([]);
    expect(await unreadIn(db, people.carol, general)).toMatchObject({ hasUnread: false, mentions: 0 });
  });

  it("comes and goes with edits", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "@carol")).result.message;
    const edit = (body: string) =>
      editMessage(db, { roomId: general, userId: people.bob, onlineIds: nobodyOnline }, id, body);

    const other = await edit("@alice");
    expect(notifiedIn(other.happened)).toEqual([people.alice]);
    expect(other.happened).toContainEqual(
      expect.objectContaining({ what: "retracted", userId: people.carol, unread: 0 }),
    );
    expect([await badge(people.carol, general), await badge(people.alice, general)]).toEqual([0, 1]);
    expect(other.result.message.mentions).toEqual(["alice"]);

    const both = await edit("@alice @carol");
    expect(notifiedIn(both.happened)).toEqual([people.carol]);
    expect((await edit("@alice @carol")).happened).toEqual([]);
  });

  it("is taken back when its message is deleted", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "@carol")).result.message;
    const { happened } = await deleteMessage(db, people.bob, general, id);
    expect(happened).toMatchObject([
      { what: "deleted", id },
      { what: "retracted", userId: people.carol, unread: 0 },
    ]);
    expect(await unreadIn(db, people.carol, general)).toMatchObject({ hasUnread: false, mentions: 0 });
    expect(await mentionsOf(db, people.carol)).toEqual([]);
  });

  it("shows a room again that was hidden, and is silent where nothing is to be heard", async () => {
    const { db, people, general } = world;
    await setRoomPreferences(db, people.carol, general, { hidden: true, notify: "none" });
    const { happened } = await send(world, people.bob, general, "@carol");
    expect(happened.map(({ what }) => what)).toEqual(["shown", "message"]);
    expect(await unreadIn(db, people.carol, general)).toMatchObject({ hasUnread: true, mentions: 0 });
  });
});

describe("notifications", () => {
  it("are made for direct messages and invitations", async () => {
    const { db, people, secret } = world;
    const { result: roomId } = await openDirect(db, people.bob, people.carol);
    const direct = await send(world, people.bob, roomId, "hello @carol\nhow   are you?");
    expect(direct.happened.map(({ what }) => what)).toEqual(["shown", "message", "notified"]);
    await inviteMember(db, people.alice, secret, people.carol);
    expect((await newestNotifications(db, people.carol)).items).toMatchObject([
      { kind: "invite", actor: { username: "alice" }, roomName: "secret", messageId: null },
      {
        kind: "direct",
        actor: { username: "bob" },
        roomName: "Bob",
        excerpt: "hello @carol how are you?",
        read: false,
      },
    ]);
    expect(await unreadNotifications(db, people.carol)).toBe(2);
  });

  it("come in pages, and those that were missed in one", async () => {
    const { db, people, general } = world;
    for (let index = 0; index < 23; index++) await send(world, people.bob, general, `@carol ${index}`);
    const first = await newestNotifications(db, people.carol);
    expect(first.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, index) => 23 - index));
    const second = await notificationsBefore(db, people.carol, first.cursor!, 20);
    expect([second.items.map(({ seq }) => seq), second.cursor]).toEqual([[3, 2, 1], null]);
    const missed = await notificationsAfter(db, people.carol, first.items[3]!.id);
    expect(missed.map(({ seq }) => seq)).toEqual([23, 22, 21]);
  });

  it("are read one by one or all up to one, by their owner only, and once", async () => {
    const { db, people, general } = world;
    for (const body of ["@carol 1", "@carol 2", "@carol 3"]) await send(world, people.bob, general, body);
    const [third, second, first] = (await newestNotifications(db, people.carol)).items;
    expect((await readOne(db, people.bob, second!.id)).happened).toEqual([]);
    expect(await unreadNotifications(db, people.carol)).toBe(3);
    expect(await readOne(db, people.carol, second!.id)).toEqual({
      result: { unread: 2 },
      happened: [{ what: "seen", userId: people.carol, ids: [second!.id], unread: 2 }],
    });
    expect((await readOne(db, people.carol, second!.id)).happened).toEqual([]);
    const upTo = await readAll(db, people.carol, second!.id);
    expect(upTo.happened).toMatchObject([{ ids: [first!.id], unread: 1 }]);
    expect((await newestNotifications(db, people.carol)).items.map(({ id, read }) => [id, read])).toEqual([
      [third!.id, false],
      [second!.id, true],
      [first!.id, true],
    ]);
  });

  it("of a room are read with it", async () => {
    const { db, people, general } = world;
    for (const body of ["@carol 1", "@carol 2"]) await send(world, people.bob, general, body);
    const { happened } = await readRoom(db, people.carol, general, 1);
    expect(happened).toMatchObject([
      { what: "read", unread: { lastReadSeq: 1, mentions: 1, hasUnread: true } },
      { what: "seen", ids: [expect.any(Number)], unread: 1 },
    ]);
    const mine = and(eq(members.userId, people.carol), eq(members.roomId, general));
    expect(await db.select({ seq: members.lastReadSeq }).from(members).where(mine)).toEqual([{ seq: 1 }]);
  });

  it("are not for who is not in the room", async () => {
    await expect(readRoom(world.db, world.people.carol, world.secret, 1)).rejects.toMatchObject(refusal("not_found"));
  });
});
