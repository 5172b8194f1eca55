import { asc, eq } from "drizzle-orm";
import { expect, it } from "vitest";
import { ignores, members, mentions, messages, rooms } from "../src/database/schema.ts";
import { deleteMessage } from "../src/messages.ts";
import { changeRoom, ignoreUser, openDirect, setRoomPreferences, summaries } from "../src/rooms.ts";
import { readRoom, unreadIn, unreadOf } from "../src/unread.ts";
import { send, testWorld } from "./world.ts";

const world = testWorld();

const of = (name: "alice" | "bob" | "carol", roomId = world.general) => unreadIn(world.db, world.people[name], roomId);

it("is bold by others' messages, not by one's own nor by the server's", async () => {
  const { db, people, general } = world;
  await changeRoom(db, people.alice, general, { field: "topic", value: "Talk" });
  expect(await of("bob")).toEqual({ roomId: general, hasUnread: false, mentions: 0, lastReadSeq: 0 });
  await send(world, people.bob, general, "hi");
  expect(await of("bob")).toMatchObject({ hasUnread: false, lastReadSeq: 2 });
  expect(await of("carol")).toMatchObject({ hasUnread: true, mentions: 0 });
});

it("goes away by reading, which never goes back, nor beyond what there is", async () => {
  const { db, people, general } = world;
  for (const body of ["1", "@carol 2", "3"]) await send(world, people.bob, general, body);
  const read = async (seq: number) => (await readRoom(db, people.carol, general, seq)).result;
  expect(await read(1)).toMatchObject({ hasUnread: true, mentions: 1, lastReadSeq: 1 });
  expect(await read(2)).toMatchObject({ hasUnread: true, mentions: 0, lastReadSeq: 2 });
  expect(await read(99)).toMatchObject({ hasUnread: false, lastReadSeq: 3 });
  expect((await readRoom(db, people.carol, general, 1)).happened).toEqual([]);
  await send(world, people.bob, general, "4");
  expect(await of("carol")).toMatchObject({ hasUnread: true, lastReadSeq: 3 });
});

it("goes away when the only unread message is deleted", async () => {
  const { db, people, general } = world;
  const { id } = (await send(world, people.bob, general, "@carol oops")).result.message;
  expect(await of("carol")).toMatchObject({ hasUnread: true, mentions: 1 });
  await deleteMessage(db, people.bob, general, id);
  expect(await of("carol")).toMatchObject({ hasUnread: false, mentions: 0 });
});

it("counts each message in a direct room", async () => {
  const { db, people } = world;
  const { result: roomId } = await openDirect(db, people.bob, people.carol);
  for (const body of ["1", "2", "3"]) await send(world, people.bob, roomId, body);
  expect(await of("carol", roomId)).toMatchObject({ hasUnread: true, mentions: 3 });
  expect(await of("bob", roomId)).toMatchObject({ hasUnread: false, mentions: 0 });
  const [room] = (await summaries(db, people.carol)).filter(({ kind }) => kind === "direct");
  expect(room).toMatchObject({ name: "Bob", peer: { username: "bob" }, hidden: false, unread: { mentions: 3 } });
});

it("is as much as the user wants to hear of a room", async () => {
  const { db, people, general } = world;
  await send(world, people.bob, general, "@carol");
  await setRoomPreferences(db, people.carol, general, { notify: "mentions" });
  expect(await of("carol")).toMatchObject({ hasUnread: false, mentions: 1 });
  await setRoomPreferences(db, people.carol, general, { notify: "none" });
  expect(await of("carol")).toMatchObject({ hasUnread: true, mentions: 0 });
});

it("leaves out whom the user ignores", async () => {
  const { db, people, general } = world;
  await send(world, people.bob, general, "@carol");
  await ignoreUser(db, people.carol, people.bob, true);
  expect(await of("carol")).toMatchObject({ hasUnread: false, mentions: 0 });
});

it("is for all rooms and users what a look at every row gives", async () => {
  const { db, people, general, secret } = world;
  const { result: direct } = await openDirect(db, people.bob, people.carol);
  // The same choices in every run.
  let state = 7;
  const pick = <T>(from: readonly T[]): T => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return from[state % from.length]!;
  };
  const writers = {
    [general]: ["alice", "bob", "carol"],
    [secret]: ["alice", "bob"],
    [direct]: ["bob", "carol"],
  } as const;
  for (let turn = 0; turn < 40; turn++) {
    const roomId = pick([general, secret, direct]);
    const userId = people[pick(writers[roomId] as readonly ("alice" | "bob" | "carol")[])];
    const action = pick(["send", "send", "send", "read", "delete"]);
    if (action === "send") await send(world, userId, roomId, pick(["hi", "@carol", "@bob @alice", "@all"]));
    else if (action === "read") await readRoom(db, userId, roomId, pick([1, 3, 5, 8, 13]));
    else {
      const [mine] = await db
        .select()
        .from(messages)
        .where(eq(messages.userId, userId))
        .orderBy(asc(messages.id))
        .limit(1);
      if (mine?.deletedAt === null) await deleteMessage(db, userId, mine.roomId, mine.id);
    }
  }
  for (const userId of [people.alice, people.bob, people.carol]) {
    const found = (await unreadOf(db, userId)).sort((a, b) => a.roomId - b.roomId);
    expect(found).toEqual(await counted(userId));
    expect((await summaries(db, userId)).map(({ unread }) => unread).sort((a, b) => a.roomId - b.roomId)).toEqual(
      found,
    );
  }
});

/** By hand, from whole tables. */
async function counted(userId: number) {
  const { db } = world;
  expect(await db.$count(ignores)).toBe(0);
  const [allMessages, allMentions] = [await db.select().from(messages), await db.select().from(mentions)];
  const mine = await db
    .select()
    .from(members)
    .innerJoin(rooms, eq(rooms.id, members.roomId))
    .where(eq(members.userId, userId));
  return mine
    .map(({ members: { roomId, lastReadSeq }, rooms: { kind } }) => {
      const unread = allMessages.filter(
        (message) =>
          message.roomId === roomId &&
          message.seq > lastReadSeq &&
          message.userId !== userId &&
          message.kind === "message" &&
          message.deletedAt === null,
      );
      const mentioned = unread.filter(({ id }) =>
        allMentions.some((mention) => mention.messageId === id && mention.userId === userId),
      );
      const count = (kind === "direct" ? unread : mentioned).length;
      return { roomId, hasUnread: unread.length > 0, mentions: count, lastReadSeq };
    })
    .sort((a, b) => a.roomId - b.roomId);
}
