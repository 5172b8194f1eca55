import { eq } from "drizzle-orm";
import { describe, expect, it, vi } from "vitest";
import { perform } from "../src/announce.ts";
import { members } from "../src/database/schema.ts";
import { deleteMessage, editMessage, sendMessage } from "../src/messages.ts";
import { changeRoom, inviteMember, kickMember } from "../src/rooms.ts";
import { nobodyOnline, send, SHORT, testWorld } from "./world.ts";
import type { People } from "./world.ts";

const world = testWorld();

/** Longer than a badge takes. */
const BADGE = 400;
let clientIds = 0;

/** A tab that has caught up with what happened during its join. */
async function enter(name: keyof People) {
  const tab = await world.tab(name).subscribeAndJoin(`user:${world.people[name]}`);
  await tab.assertReply(tab.push("rooms:list", {}), "ok");
  return tab;
}
type Tab = Awaited<ReturnType<typeof enter>>;

/** Writes, and tells everybody. */
async function say(name: keyof People, roomId: number, body: string) {
  const { db, people, endpoint } = world;
  const poster = { roomId, userId: people[name], onlineIds: nobodyOnline };
  const draft = { clientId: `said-${++clientIds}`, body };
  return (await perform(db, endpoint, roomId, () => sendMessage(db, poster, draft))).message;
}

const act = <T>(work: Parameters<typeof perform<T>>[3], roomId = world.general) =>
  perform(world.db, world.endpoint, roomId, work);

const ask = (tab: Tab, ...[event, payload]: Parameters<Tab["push"]>): Promise<unknown> =>
  tab.assertReply(tab.push(event, payload), "ok" as never);

describe("joining", () => {
  it("is for the user alone", async () => {
    const { alice, bob } = world.people;
    const bobs = world.tab("bob");
    for (const id of [alice, `0${bob}`, `${bob} `, `${bob}:1`, "x", 999_999]) {
      const answer = await bobs.join(`user:${id}`);
      expect(answer, String(id)).toMatchObject({ status: "error", response: { reason: "unauthorized" } });
    }
    const guest = world.kit.socket({ user: null, sessionId: null });
    expect(await guest.join(`user:${bob}`)).toMatchObject({ response: { reason: "unauthorized" } });
  });

  it("gives the sidebar", async () => {
    await send(world, world.people.alice, world.general, "@bob");
    const answer = await world.tab("bob").join(`user:${world.people.bob}`);
    expect(answer).toMatchObject({
      status: "ok",
      response: {
        me: { user: { username: "bob" }, roles: ["user"], banned: null },
        rooms: [
          { name: "general", kind: "public", unread: { hasUnread: true, mentions: 1 } },
          { name: "news", readOnly: true, unread: { hasUnread: false, mentions: 0 } },
          { name: "secret", kind: "private" },
        ],
        announcement: null,
      },
    });
  });

  it("does not lose a room that comes while it joins", async () => {
    const { db, people, secret } = world;
    const joined = world.tab("carol").join(`user:${people.carol}`);
    await act(() => inviteMember(db, people.alice, secret, people.carol), secret);
    const answer = await joined;
    if (answer.status !== "ok") throw new Error("refused");
    if (!answer.response.rooms.some(({ id }) => id === secret)) {
      await answer.channel.assertPush("room:added", { room: { id: secret } });
    }
    await say("alice", secret, "welcome");
    await answer.channel.assertPush("unread", { roomId: secret, hasUnread: true });
  });
});

describe("unread", () => {
  it("makes a room bold once, without a number", async () => {
    const carol = await enter("carol");
    await say("bob", world.general, "one");
    expect(await carol.assertPush("unread")).toEqual({
      roomId: world.general,
      hasUnread: true,
      mentions: 0,
      lastReadSeq: 0,
    });
    await say("bob", world.general, "two");
    await carol.refutePush("unread", undefined, SHORT);
    await carol.refutePush("message:new" as never, undefined, SHORT);
  });

  it("is asked once for all the tabs that hear of a message", async () => {
    const tabs = [await enter("alice"), await enter("carol"), await enter("carol")];
    const { $client } = world.db as unknown as { $client: { query(text: unknown, ...more: unknown[]): unknown } };
    const query = vi.spyOn($client, "query");
    await say("bob", world.general, "one");
    for (const tab of tabs) await tab.assertPush("unread", { hasUnread: true });
    // PostgreSQL's driver takes an object, PGlite a text.
    const texts = query.mock.calls.map(([text]) => JSON.stringify(text));
    expect(texts.filter((text) => text.includes("last_read_seq") && text.includes("unnest"))).toHaveLength(1);
  });

  it("comes with a number for a mention", async () => {
    const carol = await enter("carol");
    await say("bob", world.general, "@carol");
    await carol.assertPush("unread", { hasUnread: true, mentions: 1 });
    await carol.assertPush("refreshMentions", { unread: 1 });
    await carol.refutePush("room:mention" as never, undefined, SHORT);
  });

  it("is not told to the tab that shows the room, until it looks elsewhere", async () => {
    const [here, there] = [await enter("carol"), await enter("carol")];
    await ask(here, "room:open", { roomId: world.general });
    await say("bob", world.general, "@carol look");
    await there.assertPush("unread", { hasUnread: true, mentions: 1 });
    await here.refutePush("unread", undefined, BADGE);
    await ask(here, "room:open", { roomId: world.news });
    await here.assertPush("unread", { roomId: world.general, mentions: 1 });
  });

  it("is told to the tab that shows the room when nobody looks at it", async () => {
    const carol = await enter("carol");
    await ask(carol, "room:open", { roomId: world.general });
    await ask(carol, "state", { active: false });
    await say("bob", world.general, "@carol look");
    await carol.assertPush("unread", { hasUnread: true, mentions: 1 });
  });

  it("is told when the tab goes idle with something unread on the screen", async () => {
    const carol = await enter("carol");
    await ask(carol, "room:open", { roomId: world.general });
    await say("bob", world.general, "@carol look");
    await carol.refutePush("unread", undefined, BADGE);
    world.endpoint.command(`user:${world.people.carol}`, "user:state", { state: "idle" });
    await carol.assertPush("unread", { hasUnread: true, mentions: 1 });
    await carol.refutePush("user:state" as never, undefined, SHORT);
  });

  it("is no badge when the room is read at once", async () => {
    const carol = await enter("carol");
    const { seq } = await say("bob", world.general, "@carol");
    await ask(carol, "room:read", { roomId: world.general, seq });
    await carol.refutePush("unread", { mentions: 1 }, BADGE);
  });

  it("goes away in all tabs when one reads", async () => {
    const [one, two] = [await enter("carol"), await enter("carol")];
    const inbox = await world.tab("carol").subscribeAndJoin(`notifications:${world.people.carol}`);
    const { seq } = await say("bob", world.general, "@carol");
    for (const tab of [one, two]) await tab.assertPush("unread", { hasUnread: true, mentions: 1 });
    expect(await ask(one, "room:read", { roomId: world.general, seq })).toMatchObject({ hasUnread: false });
    for (const tab of [one, two]) await tab.assertPush("unread", { hasUnread: false, mentions: 0, lastReadSeq: seq });
    await inbox.assertPush("read", { unread: 0 });
    await two.assertPush("refreshMentions", { unread: 0 });
  });

  it("goes away when the user writes", async () => {
    const carol = await enter("carol");
    await say("bob", world.general, "hi");
    await carol.assertPush("unread", { hasUnread: true });
    await say("carol", world.general, "hi yourself");
    await carol.assertPush("unread", { hasUnread: false, lastReadSeq: 2 });
    await carol.refutePush("unread", undefined, BADGE);
  });

  it("follows edits and deletes", async () => {
    const { db, people, general } = world;
    const carol = await enter("carol");
    const { id } = await say("bob", general, "@carol");
    await carol.assertPush("unread", { hasUnread: true, mentions: 1 });
    const bob = { roomId: general, userId: people.bob, onlineIds: nobodyOnline };
    await act(() => editMessage(db, bob, id, "never mind"));
    await carol.assertPush("unread", { hasUnread: true, mentions: 0 });
    await act(() => editMessage(db, bob, id, "@carol after all"));
    await carol.assertPush("unread", { mentions: 1 });
    await act(() => deleteMessage(db, people.bob, general, id));
    await carol.assertPush("unread", { hasUnread: false, mentions: 0 });
    await carol.assertPush("refreshMentions", { unread: 0 });
  });

  it("is as loud as the user wants", async () => {
    const carol = await enter("carol");
    const { room } = (await ask(carol, "room:prefs", { roomId: world.general, notify: "mentions" })) as {
      room: object;
    };
    expect(room).toMatchObject({ notify: "mentions" });
    await carol.assertPush("room:changed", { room: { notify: "mentions" } });
    await say("bob", world.general, "nothing");
    await carol.refutePush("unread", undefined, BADGE);
    await say("bob", world.general, "@carol something");
    await carol.assertPush("unread", { hasUnread: false, mentions: 1 });
  });

  it("goes away with whom the user ignores", async () => {
    const [carol, other] = [await enter("carol"), await enter("carol")];
    await say("bob", world.general, "hi");
    for (const tab of [carol, other]) await tab.assertPush("unread", { hasUnread: true });
    await ask(carol, "ignore:set", { userId: world.people.bob, ignored: true });
    for (const tab of [carol, other]) await tab.assertPush("ignored", { userId: world.people.bob, ignored: true });
    for (const tab of [carol, other]) await tab.assertPush("unread", { hasUnread: false });
    await say("bob", world.general, "hello?");
    await carol.refutePush("unread", undefined, BADGE);
  });

  it("is never told to strangers", async () => {
    const carol = await enter("carol");
    await say("alice", world.secret, "psst @carol");
    await carol.refutePush("unread", undefined, BADGE);
    const ref = carol.push("room:read", { roomId: world.secret, seq: 1 });
    await carol.assertReply(ref, "error", { reason: "not_found" });
  });
});

describe("rooms", () => {
  it("come and go by commands that the page never gets", async () => {
    const { db, people, secret } = world;
    const carol = await enter("carol");
    await act(() => inviteMember(db, people.alice, secret, people.carol), secret);
    await carol.assertPush("room:added", { room: { id: secret, name: "secret", kind: "private" }, open: false });
    await say("alice", secret, "welcome");
    await carol.assertPush("unread", { roomId: secret, hasUnread: true });

    await act(() => kickMember(db, people.alice, secret, people.carol), secret);
    await carol.assertPush("room:removed", { roomId: secret, name: "secret", why: "kicked" });
    await say("alice", secret, "good");
    await carol.refutePush("unread", undefined, BADGE);
    for (const event of ["room:join", "room:leave", "room:mention", "direct:new"] as const) {
      await carol.refutePush(event as never, undefined, 20);
    }
  });

  it("are made, joined, left and browsed", async () => {
    const [carol, other] = [await enter("carol"), await enter("carol")];
    const { room } = (await ask(carol, "room:create", { name: "Tea", kind: "private" })) as { room: { id: number } };
    expect(room).toMatchObject({ name: "tea", kind: "private" });
    await other.assertPush("room:added", { room: { name: "tea" }, open: false });
    await ask(carol, "room:join", { roomId: world.news });
    await other.assertPush("room:added", { room: { name: "news" } });
    await ask(carol, "room:leave", { roomId: world.news });
    await other.assertPush("room:removed", { roomId: world.news, why: "left" });
    const { rooms } = (await ask(carol, "rooms:browse", { query: "" })) as { rooms: { name: string }[] };
    expect(rooms.map(({ name }) => name)).toEqual(["general", "news", "tea"]);
    await carol.assertReply(carol.push("room:leave", { roomId: room.id }), "error", { reason: "invalid" });
    await carol.assertReply(carol.push("room:join", { roomId: world.secret }), "error", { reason: "unauthorized" });
    await carol.assertReply(carol.push("room:create", { name: "no spaces", kind: "public" }), "error", {
      reason: "invalid payload",
    } as never);
    const { rooms: listed } = (await ask(carol, "rooms:list", {})) as { rooms: { name: string }[] };
    expect(listed.map(({ name }) => name)).toEqual(["general", "tea"]);
  });

  it("change in the sidebar when their settings do", async () => {
    const { db, people, general } = world;
    const carol = await enter("carol");
    await act(() => changeRoom(db, people.alice, general, { field: "name", value: "talk" }));
    await carol.assertPush("room:changed", { room: { id: general, name: "talk", unread: { hasUnread: false } } });
    await act(() => changeRoom(db, people.alice, general, { field: "archived", value: true }));
    await carol.assertPush("room:changed", { room: { id: general, archived: true } });
    await carol.refutePush("unread", undefined, BADGE);
  });

  it("of two appear with their first message", async () => {
    const [bob, carol] = [await enter("bob"), await enter("carol")];
    const { room } = (await ask(bob, "direct:open", { userId: world.people.carol })) as { room: { id: number } };
    await carol.refutePush("room:added", undefined, SHORT);
    await say("bob", room.id, "hello");
    await carol.assertPush("room:added", { room: { id: room.id, name: "Bob", unread: { mentions: 1 } }, open: false });
    await say("bob", room.id, "are you there?");
    await carol.assertPush("unread", { roomId: room.id, mentions: 2 });
    await carol.assertPush("newMessage", { roomId: room.id, from: { username: "bob" } });
    await ask(carol, "room:open", { roomId: room.id });
    await ask(carol, "room:read", { roomId: room.id, seq: 2 });
    await say("bob", room.id, "ah");
    await carol.refutePush("newMessage", undefined, BADGE);
  });
});

describe("the rest", () => {
  it("finds people, and messages only where the user may look", async () => {
    await say("alice", world.secret, "a treasure");
    await say("alice", world.news, "treasure found");
    const carol = await enter("carol");
    expect(await ask(carol, "search", { query: "trea" })).toMatchObject({
      hits: [{ room: { kind: "public", name: "news" } }],
      rooms: [],
      users: [],
    });
    expect(await ask(carol, "search", { query: "treasure", roomId: world.secret })).toMatchObject({ hits: [] });
    expect(await ask(carol, "users:find", { query: "AL" })).toMatchObject({ users: [{ username: "alice" }] });
    expect(await ask(carol, "mentions:list", {})).toEqual({ hits: [] });
    expect(await ask(carol, "stars:list", {})).toEqual({ hits: [] });
  });

  it("keeps preferences in all tabs", async () => {
    const [carol, other] = [await enter("carol"), await enter("carol")];
    expect(await ask(carol, "prefs:set", { theme: "dark" })).toEqual({ theme: "dark", desktopNotifications: false });
    await other.assertPush("preferences", { theme: "dark" });
  });

  it("has no event for what the server says", async () => {
    const carol = await enter("carol");
    for (const event of ["room:mention", "unread", "direct:new", "user:state"]) {
      const ref = carol.push(event as never, {} as never);
      await carol.assertReply(ref, "error" as never, { reason: "unknown event" } as never);
    }
    const { people } = world;
    await carol.assertReply(carol.push("ignore:set", { userId: people.carol, ignored: true }), "error", {
      reason: "invalid",
    });
  });
});

describe("notifications:<id>", () => {
  it("are for the user alone, and written by nobody", async () => {
    const { alice, bob } = world.people;
    const bobs = world.tab("bob");
    for (const id of [alice, `0${bob}`, `${bob} `, "bob"]) {
      expect(await bobs.join(`notifications:${id}`)).toMatchObject({ response: { reason: "unauthorized" } });
    }
    const inbox = await bobs.subscribeAndJoin(`notifications:${bob}`);
    const forged = inbox.push("new_notification" as never, { body: "forged" } as never);
    await inbox.assertReply(forged, "error" as never, { reason: "unknown event" } as never);
  });

  it("come once to each device, with the count, and again to one that was away", async () => {
    const { carol } = world.people;
    const topic = `notifications:${carol}` as const;
    const [one, two] = [
      await world.tab("carol").subscribeAndJoin(topic),
      await world.tab("carol").subscribeAndJoin(topic),
    ];
    await say("bob", world.general, "@carol @carol hi");
    const { notification } = await one.assertPush("new_notification", { unread: 1 });
    expect(notification).toMatchObject({
      kind: "mention",
      actor: { username: "bob" },
      roomName: "general",
      read: false,
    });
    await two.assertPush("new_notification", { notification: { id: notification.id } });
    await two.refutePush("new_notification", undefined, SHORT);
    two.close();

    for (const body of ["@carol 2", "@carol 3"]) await say("alice", world.general, body);
    const again = await world.tab("carol").join(topic, { after: notification.id });
    expect(again).toMatchObject({
      status: "ok",
      response: { unread: 3, cursor: null, items: [{ excerpt: "@carol 3" }, { excerpt: "@carol 2" }] },
    });
    expect(again.status === "ok" && again.response.items.length).toBe(2);
    expect(await world.tab("carol").join(topic)).toMatchObject({ response: { items: { length: 3 } } });
  });

  it("are read on one device and everywhere, and taken back with their message", async () => {
    const { db, people, general } = world;
    const topic = `notifications:${people.carol}` as const;
    const [one, two] = [
      await world.tab("carol").subscribeAndJoin(topic),
      await world.tab("carol").subscribeAndJoin(topic),
    ];
    const { id: first } = await say("bob", general, "@carol 1");
    await say("bob", general, "@carol 2");
    const ids: number[] = [];
    for (let index = 0; index < 2; index++) ids.push((await two.assertPush("new_notification")).notification.id);
    await one.assertReply(one.push("read", { id: ids[1]! }), "ok", { unread: 1 });
    await two.assertPush("read", { ids: [ids[1]!], unread: 1 });
    await act(() => deleteMessage(db, people.bob, general, first));
    await two.assertPush("retract", { ids: [ids[0]!], unread: 0 });
    await one.assertReply(one.push("read_all", { upTo: ids[1]! }), "ok", { unread: 0 });
    await two.refutePush("read", undefined, SHORT);
    await one.assertReply(one.push("list", { before: ids[1]! + 1 }), "ok", {
      items: [{ id: ids[1]!, read: true }],
      cursor: null,
    });
  });

  it("are not made for a room that is to be quiet", async () => {
    const { db, people } = world;
    await db.update(members).set({ notify: "none" }).where(eq(members.userId, people.carol));
    const inbox = await world.tab("carol").subscribeAndJoin(`notifications:${people.carol}`);
    await say("bob", world.general, "@carol");
    await inbox.refutePush("new_notification", undefined, BADGE);
  });
});
