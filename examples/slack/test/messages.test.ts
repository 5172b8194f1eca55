import { eq } from "drizzle-orm";
import { beforeEach, describe, expect, it } from "vitest";
import { setBan } from "../src/accounts.ts";
import { attachments, members, messages, rooms, stars } from "../src/database/schema.ts";
import {
  deleteMessage,
  editMessage,
  filesIn,
  history,
  pinMessage,
  pinnedIn,
  search,
  starMessage,
  starsOf,
  toggleReaction,
} from "../src/messages.ts";
import { ignoreUser, openDirect } from "../src/rooms.ts";
import { nobodyOnline, refusal, send, testWorld } from "./world.ts";

const world = testWorld();

/** A room with that many messages of bob. */
async function filledRoom(count: number): Promise<number> {
  const { db, people, general } = world;
  const rows = Array.from({ length: count }, (_, index) => ({
    roomId: general,
    seq: index + 1,
    userId: people.bob,
    clientId: `filled-${index}`,
    body: `number ${index + 1}`,
  }));
  await db.insert(messages).values(rows);
  await db.update(rooms).set({ lastSeq: count }).where(eq(rooms.id, general));
  return general;
}

const seqs = (found: readonly { readonly seq: number }[]): number[] => found.map(({ seq }) => seq);

describe("sending", () => {
  it("numbers the messages of a room without gaps, however many are sent at once", async () => {
    const { people, general } = world;
    const sent = await Promise.all(
      Array.from({ length: 12 }, (_, index) => send(world, index % 2 === 0 ? people.bob : people.carol, general, "hi")),
    );
    expect(seqs(sent.map(({ result }) => result.message)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
  });

  it("stores the same client id once, and says nothing the second time", async () => {
    const { people, general } = world;
    const first = await send(world, people.bob, general, "once", { clientId: "same" });
    const second = await send(world, people.bob, general, "once", { clientId: "same" });
    expect(second.result.message).toEqual(first.result.message);
    expect(second.happened).toEqual([]);
    // Another author may have the same.
    expect((await send(world, people.carol, general, "mine", { clientId: "same" })).happened).not.toEqual([]);
  });

  it("stores it once also when both come at the same time", async () => {
    const { db, people, general } = world;
    const both = await Promise.all(
      [1, 2, 3].map(() => send(world, people.bob, general, "@carol once", { clientId: "same" })),
    );
    expect(new Set(both.map(({ result }) => result.message.id)).size).toBe(1);
    expect(both.filter(({ happened }) => happened.length > 0)).toHaveLength(1);
    expect(await db.$count(messages)).toBe(1);
    expect((await db.select().from(rooms).where(eq(rooms.id, general)))[0]?.lastSeq).toBe(1);
  });

  it("gives a retry its message, although its author may not write any more", async () => {
    const { db, people, general } = world;
    const { result } = await send(world, people.bob, general, "in time", { clientId: "same" });
    await db.update(members).set({ muted: true }).where(eq(members.userId, people.bob));
    expect((await send(world, people.bob, general, "in time", { clientId: "same" })).result).toEqual(result);
  });

  it("marks the author's room as read", async () => {
    const { db, people, general } = world;
    await send(world, people.bob, general, "one");
    const { happened } = await send(world, people.carol, general, "two");
    expect(happened).toContainEqual({
      what: "read",
      userId: people.carol,
      unread: { roomId: general, hasUnread: false, mentions: 0, lastReadSeq: 2 },
    });
    const [row] = await db.select().from(members).where(eq(members.userId, people.carol));
    expect(row?.lastReadSeq).toBe(2);
  });

  it("refuses an empty message, and an answer to one of another room", async () => {
    const { people, general, secret } = world;
    await expect(send(world, people.bob, general, "")).rejects.toMatchObject(refusal("invalid"));
    const { message } = (await send(world, people.alice, secret, "psst")).result;
    await expect(send(world, people.bob, general, "what?", { replyTo: message.id })).rejects.toMatchObject(
      refusal("not_found"),
    );
  });

  it("quotes what it answers", async () => {
    const { people, general } = world;
    const { message } = (await send(world, people.bob, general, "tea?")).result;
    const answer = await send(world, people.carol, general, "yes", { replyTo: message.id });
    expect(answer.result.message.replyTo).toEqual({ id: message.id, seq: 1, username: "bob", excerpt: "tea?" });
  });

  it("takes the author's own uploads only, and each once", async () => {
    const { db, people, general } = world;
    const upload = { name: "a.png", type: "image/png", size: 3, data: new Uint8Array([1, 2, 3]) };
    const [mine, carols] = await db
      .insert(attachments)
      .values([
        { ...upload, userId: people.bob },
        { ...upload, userId: people.carol },
      ])
      .returning();
    const { message } = (await send(world, people.bob, general, "", { attachmentIds: [mine!.id] })).result;
    expect(message.attachments).toEqual([
      { id: mine!.id, name: "a.png", type: "image/png", size: 3, url: `/api/files/${mine!.id}` },
    ]);
    expect(seqs(await filesIn(db, people.carol, general))).toEqual([1]);
    for (const id of [mine!.id, carols!.id, 999]) {
      await expect(send(world, people.bob, general, "again", { attachmentIds: [id] })).rejects.toMatchObject(
        refusal("not_found"),
      );
    }
  });

  it.each([
    ["a stranger of a private room", "carol", "secret", "forbidden"],
    ["a visitor of a public room", "dave", "general", "forbidden"],
    ["a member of a read-only room", "bob", "news", "read_only"],
  ] as const)("refuses %s", async (_who, name, room, reason) => {
    await expect(send(world, world.people[name], world[room], "hi")).rejects.toMatchObject(refusal(reason));
    expect(await world.db.$count(messages)).toBe(0);
  });

  it("refuses the muted, the banned, and everybody in an archived room", async () => {
    const { db, people, general } = world;
    await db.update(members).set({ muted: true }).where(eq(members.userId, people.carol));
    await expect(send(world, people.carol, general, "hi")).rejects.toMatchObject(refusal("muted"));
    await setBan(db, people.bob, "spam");
    await expect(send(world, people.bob, general, "hi")).rejects.toMatchObject(refusal("banned"));
    await db.update(rooms).set({ archived: true }).where(eq(rooms.id, general));
    await expect(send(world, people.alice, general, "hi")).rejects.toMatchObject(refusal("archived"));
  });

  it("refuses both sides of a direct room when one ignores the other", async () => {
    const { db, people } = world;
    const { result: roomId } = await openDirect(db, people.bob, people.carol);
    await send(world, people.bob, roomId, "hello");
    await ignoreUser(db, people.carol, people.bob, true);
    await expect(send(world, people.bob, roomId, "hello?")).rejects.toMatchObject(refusal("blocked"));
    await expect(send(world, people.carol, roomId, "no")).rejects.toMatchObject(refusal("blocked"));
    await ignoreUser(db, people.carol, people.bob, false);
    expect((await send(world, people.bob, roomId, "thanks")).result.message.seq).toBe(2);
  });
});

describe("changing", () => {
  const edit = (name: "alice" | "bob" | "carol" | "dave", id: number, body: string, roomId = world.general) =>
    editMessage(world.db, { roomId, userId: world.people[name], onlineIds: nobodyOnline }, id, body);

  it("is for the author, and for who has the permission in that room", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "frist")).result.message;
    await expect(edit("carol", id, "forged")).rejects.toMatchObject(refusal("forbidden"));
    await expect(deleteMessage(db, people.carol, general, id)).rejects.toMatchObject(refusal("forbidden"));
    await expect(edit("dave", id, "forged")).rejects.toMatchObject(refusal("forbidden"));

    const edited = (await edit("bob", id, "first")).result.message;
    expect(edited).toMatchObject({ body: "first", seq: 1, editedAt: expect.any(String) as string });
    expect((await edit("alice", id, "First")).result.message.body).toBe("First");
    await deleteMessage(db, people.alice, general, id);
    await expect(edit("bob", id, "again")).rejects.toMatchObject(refusal("not_found"));
    await expect(deleteMessage(db, people.bob, general, id)).rejects.toMatchObject(refusal("not_found"));
  });

  it("does not reach into another room by the id of a message", async () => {
    const { db, people, general, secret } = world;
    const { id } = (await send(world, people.alice, secret, "psst")).result.message;
    await db.update(members).set({ role: "owner" }).where(eq(members.userId, people.carol));
    await expect(edit("carol", id, "forged", general)).rejects.toMatchObject(refusal("not_found"));
    await expect(deleteMessage(db, people.carol, general, id)).rejects.toMatchObject(refusal("not_found"));
    await expect(deleteMessage(db, people.carol, secret, id)).rejects.toMatchObject(refusal("unauthorized"));
    await expect(pinMessage(db, people.carol, general, id, true)).rejects.toMatchObject(refusal("not_found"));
    await expect(toggleReaction(db, people.carol, general, id, "👍")).rejects.toMatchObject(refusal("not_found"));
    await expect(starMessage(db, people.carol, general, id, true)).rejects.toMatchObject(refusal("not_found"));
  });

  it("is refused where its author may not write any more", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "hi")).result.message;
    await db.update(members).set({ muted: true }).where(eq(members.userId, people.bob));
    await expect(edit("bob", id, "ho")).rejects.toMatchObject(refusal("muted"));
    await db.update(rooms).set({ archived: true }).where(eq(rooms.id, general));
    await expect(deleteMessage(db, people.bob, general, id)).rejects.toMatchObject(refusal("archived"));
    await expect(deleteMessage(db, people.alice, general, id)).rejects.toMatchObject(refusal("archived"));
  });

  it("leaves of a deleted message its place only", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "@carol unbelievable")).result.message;
    await toggleReaction(db, people.carol, general, id, "👍");
    await pinMessage(db, people.carol, general, id, true);
    await starMessage(db, people.carol, general, id, true);
    await deleteMessage(db, people.bob, general, id);
    const { messages: left } = await history(db, people.bob, general, { limit: 50 });
    expect(left).toMatchObject([
      {
        id,
        seq: 1,
        body: "",
        deleted: true,
        pinned: false,
        reactions: [],
        mentions: [],
        starred: false,
        isEditable: false,
      },
    ]);
    expect(await search(db, people.bob, "unbelievable")).toEqual([]);
    expect(await db.$count(stars)).toBe(0);
  });
});

describe("marks", () => {
  it("toggles reactions for each user", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "hi")).result.message;
    const react = async (userId: number, emoji: string) =>
      (await toggleReaction(db, userId, general, id, emoji)).result;
    await react(people.carol, "👍");
    expect(await react(people.bob, "👍")).toEqual([{ emoji: "👍", userIds: [people.carol, people.bob] }]);
    await react(people.bob, "🎉");
    expect(await react(people.carol, "👍")).toEqual([
      { emoji: "👍", userIds: [people.bob] },
      { emoji: "🎉", userIds: [people.bob] },
    ]);
    await expect(react(people.dave, "👍")).rejects.toMatchObject(refusal("forbidden"));
  });

  it("lets nobody put more emoji under a message than fit there", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "hi")).result.message;
    const emoji = Array.from({ length: 21 }, (_, index) => String.fromCodePoint(0x1f600 + index));
    const last = emoji.pop()!;
    for (const one of emoji) await toggleReaction(db, people.bob, general, id, one);
    await expect(toggleReaction(db, people.bob, general, id, last)).rejects.toMatchObject(refusal("invalid"));
    await toggleReaction(db, people.carol, general, id, last);
    await toggleReaction(db, people.bob, general, id, emoji[0]!);
    expect((await toggleReaction(db, people.bob, general, id, last)).result).toHaveLength(20);
  });

  it("pins for the room, by who may", async () => {
    const { db, people, general, news } = world;
    const { id } = (await send(world, people.bob, general, "rules")).result.message;
    const { happened } = await pinMessage(db, people.carol, general, id, true);
    expect(happened).toMatchObject([{ what: "pinned", messageId: id, pinned: true, by: { username: "carol" } }]);
    expect((await pinMessage(db, people.bob, general, id, true)).happened).toEqual([]);
    expect(await pinnedIn(db, people.dave, general)).toMatchObject([{ id, pinned: true }]);
    await expect(pinMessage(db, people.dave, general, id, false)).rejects.toMatchObject(refusal("forbidden"));
    const ofNews = (await send(world, people.alice, news, "new")).result.message;
    await expect(pinMessage(db, people.dave, news, ofNews.id, true)).rejects.toMatchObject(refusal("forbidden"));
  });

  it("stars for one user", async () => {
    const { db, people, general } = world;
    const { id } = (await send(world, people.bob, general, "rules")).result.message;
    await starMessage(db, people.carol, general, id, true);
    expect(await starsOf(db, people.carol)).toMatchObject([{ message: { id }, room: { name: "general" } }]);
    expect(await starsOf(db, people.bob)).toEqual([]);
    expect((await history(db, people.carol, general, { limit: 1 })).messages).toMatchObject([{ id, starred: true }]);
    expect((await history(db, people.bob, general, { limit: 1 })).messages).toMatchObject([{ id, starred: false }]);
  });
});

describe("history", () => {
  it("pages without a gap or a double", async () => {
    const { db, people } = world;
    const roomId = await filledRoom(120);
    const page = (where: object) => history(db, people.carol, roomId, { limit: 50, ...where });
    const newest = await page({});
    expect([seqs(newest.messages)[0], newest.hasOlder, newest.hasNewer]).toEqual([71, true, false]);
    const middle = await page({ before: 71 });
    expect([seqs(middle.messages)[0], middle.messages.at(-1)?.seq, middle.hasOlder, middle.hasNewer]).toEqual([
      21,
      70,
      true,
      true,
    ]);
    const oldest = await page({ before: 21 });
    expect([oldest.messages.length, oldest.hasOlder, oldest.hasNewer]).toEqual([20, false, true]);
    const next = await page({ after: 20 });
    expect([seqs(next.messages)[0], next.messages.at(-1)?.seq, next.hasOlder, next.hasNewer]).toEqual([
      21,
      70,
      true,
      true,
    ]);
    expect(await page({ after: 100 })).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it("goes to a message with as much around it", async () => {
    const { db, people } = world;
    const roomId = await filledRoom(60);
    const around = await history(db, people.carol, roomId, { around: 30, limit: 10 });
    expect(seqs(around.messages)).toEqual([25, 26, 27, 28, 29, 30, 31, 32, 33, 34]);
    expect(around).toMatchObject({ hasOlder: true, hasNewer: true });
    expect(await history(db, people.carol, roomId, { around: 2, limit: 10 })).toMatchObject({ hasOlder: false });
    expect(await history(db, people.carol, roomId, { around: 58, limit: 10 })).toMatchObject({ hasNewer: false });
    await expect(history(db, people.carol, roomId, { around: 2, before: 5, limit: 10 })).rejects.toMatchObject(
      refusal("invalid"),
    );
  });

  it("is refused to strangers, and leaves out whom the reader ignores", async () => {
    const { db, people, general, secret } = world;
    await expect(history(db, people.carol, secret, { limit: 50 })).rejects.toMatchObject(refusal("unauthorized"));
    await send(world, people.alice, general, "one");
    await send(world, people.bob, general, "two");
    await ignoreUser(db, people.carol, people.bob, true);
    expect(seqs((await history(db, people.carol, general, { limit: 50 })).messages)).toEqual([1]);
    expect(seqs((await history(db, people.alice, general, { limit: 50 })).messages)).toEqual([1, 2]);
  });
});

describe("search", () => {
  const bodies = async (name: "alice" | "carol" | "dave", query: string, roomId?: number) =>
    (await search(world.db, world.people[name], query, roomId)).map(({ message }) => message.body);

  beforeEach(async () => {
    const { people, general, secret, news } = world;
    await send(world, people.bob, general, "The quick brown fox");
    await send(world, people.bob, general, "A quick question about foxes");
    await send(world, people.alice, secret, "quick and secret");
    await send(world, people.alice, news, "quick news");
  });

  it("finds all the words, the last by its beginning, the newest first", async () => {
    expect(await bodies("carol", "quick fo")).toEqual(["A quick question about foxes", "The quick brown fox"]);
    expect(await bodies("carol", "fo quick")).toEqual([]);
    expect(await bodies("carol", '"brown fox"')).toEqual(["The quick brown fox"]);
    expect(await bodies("carol", "quick -brown", world.general)).toEqual(["A quick question about foxes"]);
    expect(await bodies("carol", "QUICK", world.general)).toHaveLength(2);
  });

  it("goes by the time, not by the order in which they were stored", async () => {
    await world.db
      .update(messages)
      .set({ createdAt: new Date(Date.now() - 60_000) })
      .where(eq(messages.body, "quick news"));

    expect((await bodies("carol", "quick")).at(-1)).toBe("quick news");
  });

  it("looks only into rooms that the searcher may see", async () => {
    expect(await bodies("alice", "quick")).toHaveLength(4);
    expect(await bodies("carol", "quick")).toEqual([
      "quick news",
      "A quick question about foxes",
      "The quick brown fox",
    ]);
    expect(await bodies("carol", "quick", world.secret)).toEqual([]);
  });

  it("says of what kind the room is: a direct one has the other's name", async () => {
    const { db, people } = world;
    const { result: direct } = await openDirect(db, people.bob, people.carol);
    await send(world, people.bob, direct, "quick and direct");
    const found = (await search(db, people.carol, "quick")).slice(0, 2);
    expect(found.map(({ room }) => room)).toEqual([
      { kind: "direct", name: "Bob" },
      { kind: "public", name: "news" },
    ]);
  });

  it("takes whatever is typed", async () => {
    const queries = ["", "   ", "'", '"', "-", "&|!():*<->", "\\", "a or", "%", "quick:*", "😀", '"quick'];
    for (const query of queries) expect(await bodies("carol", query), query).toBeInstanceOf(Array);
  });
});
