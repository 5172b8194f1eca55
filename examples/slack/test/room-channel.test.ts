import { and, eq } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { setBan } from "../src/accounts.ts";
import { announce, carryOut, perform } from "../src/announce.ts";
import type { SlackEndpoint } from "../src/topics.ts";
import { members, messages, rooms } from "../src/database/schema.ts";
import { sendMessage } from "../src/messages.ts";
import { setRolePermission } from "../src/permissions.ts";
import { changeRoom, ignoreUser, kickMember, leaveRoom, muteMember, openDirect } from "../src/rooms.ts";
import { EVENTS_PER_SECOND } from "../src/socket.ts";
import { nobodyOnline, send, SHORT, testWorld } from "./world.ts";

const world = testWorld();

type Name = "alice" | "bob" | "carol" | "dave";
type Where = "general" | "secret" | "news";

const enter = (name: Name, where: Where = "general") => world.tab(name).subscribeAndJoin(`room:${world[where]}`);

/** A channel in which everything that was asked before has been handled. */
async function settled(channel: Awaited<ReturnType<typeof enter>>): Promise<void> {
  await channel.assertReply(channel.push("pins", {}), "ok");
}

describe("joining", () => {
  it("shows members the room, and what they may do", async () => {
    const { db, people, general } = world;
    await send(world, people.alice, general, "welcome");
    await db.update(members).set({ lastReadSeq: 0 }).where(eq(members.userId, people.alice));
    const answer = await world.tab("bob").join(`room:${general}`);
    expect(answer).toMatchObject({
      status: "ok",
      response: {
        room: { id: general, name: "general", kind: "public", lastSeq: 1, peer: null },
        me: {
          role: "member",
          post: true,
          postRefused: null,
          permissions: expect.arrayContaining(["pin-message"]) as [],
        },
        messages: [{ seq: 1, body: "welcome", isEditable: false, starred: false }],
        hasMore: false,
        starred: [],
        lastReadSeq: 0,
      },
    });
    expect(answer.status === "ok" && answer.response.members.map(({ user, role }) => [user.username, role])).toEqual([
      ["alice", "owner"],
      ["bob", "member"],
      ["carol", "member"],
    ]);
  });

  it("refuses strangers of a private room, rooms that there are not, and who is not logged in", async () => {
    const carol = world.tab("carol");
    for (const topic of [
      world.secret,
      999_999,
      "0",
      "-1",
      `0${world.general}`,
      `${world.general} `,
      "general",
      "1e1",
    ]) {
      const answer = await carol.join(`room:${topic}`);
      expect(answer, String(topic)).toMatchObject({ status: "error", response: { reason: "unauthorized" } });
    }
    const guest = world.kit.socket({ user: null, sessionId: null });
    expect(await guest.join(`room:${world.general}`)).toMatchObject({
      status: "error",
      response: { reason: "unauthorized" },
    });
  });

  it("shows visitors of a public room everything, and lets them do nothing", async () => {
    const dave = await enter("dave");
    const { id } = (await send(world, world.people.bob, world.general, "hi")).result.message;
    const refused = { reason: "forbidden" } as const;
    await dave.assertReply(dave.push("message:send", { clientId: "a", body: "forged" }), "error", refused);
    await dave.assertReply(dave.push("react", { messageId: id, emoji: "👍" }), "error", refused);
    await dave.assertReply(dave.push("pin", { messageId: id, pinned: true }), "error", refused);
    await dave.assertReply(dave.push("settings", { field: "topic", value: "x" }), "error", refused);
    await dave.assertReply(dave.push("member:invite", { userId: world.people.dave }), "error", refused);
    await dave.assertReply(dave.push("member:role", { userId: world.people.dave, role: "owner" }), "error", refused);
    await dave.assertReply(dave.push("command", { name: "kick", args: "@bob" }), "error", refused);
    await dave.assertReply(dave.push("typing", { value: true }), "error", { reason: "not allowed" });
    await settled(dave);
    await dave.refuteBroadcast("typing", undefined, SHORT);
  });

  it("gives the newest messages, and does not lose what comes while it joins", async () => {
    const { people, general } = world;
    for (const body of ["1", "2", "3"]) await send(world, people.alice, general, body);
    const joined = world.tab("bob").join(`room:${general}`);
    // At the same time: in the reply, or pushed after it. Pages show a message once, in whatever way it comes.
    const sent = perform(world.db, world.endpoint, general, () =>
      sendMessage(
        world.db,
        { roomId: general, userId: people.alice, onlineIds: nobodyOnline },
        { clientId: "now", body: "4" },
      ),
    );
    const [answer] = await Promise.all([joined, sent]);
    if (answer.status !== "ok") throw new Error("refused");
    const seqs = answer.response.messages.map(({ seq }) => seq);
    if (seqs.length === 3) seqs.push((await answer.channel.assertPush("message:new")).seq);
    expect(seqs).toEqual([1, 2, 3, 4]);
  });
});

describe("messages", () => {
  it("reach everybody once, as each is to see them", async () => {
    const [alice, bob] = [await enter("alice"), await enter("bob")];
    const ref = bob.push("message:send", { clientId: "one", body: "  hello\nall  " });
    const { message } = await bob.assertReply(ref, "ok");
    expect(message).toMatchObject({ seq: 1, body: "hello\nall", clientId: "one", isEditable: true });
    expect(await bob.assertPush("message:new")).toEqual(message);
    // An admin may edit; carol may not.
    expect(await alice.assertPush("message:new")).toMatchObject({ id: message.id, isEditable: true });
    await bob.refutePush("message:new", undefined, SHORT);
  });

  it("sent again, because the reply was lost, are answered again, and the next one goes on", async () => {
    const [bob, carol] = [await enter("bob"), await enter("carol")];
    const ref = await bob.pushNumbered("message:send", { clientId: "one", body: "once" });
    const answer = await bob.assertReply(ref, "ok");
    expect(await bob.assertReply(bob.repeat(ref), "ok")).toEqual(answer);
    const next = await bob.pushNumbered("message:send", { clientId: "two", body: "next" });
    await bob.assertReply(next, "ok");
    expect(await carol.assertPush("message:new")).toMatchObject({ body: "once" });
    expect(await carol.assertPush("message:new")).toMatchObject({ body: "next" });
  });

  it("sent twice by two tabs at once are one", async () => {
    const [one, two, carol] = [await enter("bob"), await enter("bob"), await enter("carol")];
    const draft = { clientId: "same", body: "once" };
    const [first, second] = [one.push("message:send", draft), two.push("message:send", draft)];
    const answers = [await one.assertReply(first, "ok"), await two.assertReply(second, "ok")];
    expect(answers[0]?.message.id).toBe(answers[1]?.message.id);
    expect(await carol.assertPush("message:new")).toMatchObject({ isEditable: false });
    await carol.refutePush("message:new", undefined, SHORT);
    expect(await world.db.$count(messages)).toBe(1);
  });

  it("of many senders at once arrive in the order of their numbers", async () => {
    const senders = [await enter("alice"), await enter("bob"), await enter("bob")];
    const carol = await enter("carol");
    for (let turn = 0; turn < 5; turn++) {
      senders.forEach((sender, index) => sender.push("message:send", { clientId: `${index}-${turn}`, body: "hi" }));
    }
    const seqs: number[] = [];
    for (let index = 0; index < 15; index++) seqs.push((await carol.assertPush("message:new", undefined, 8000)).seq);
    expect(seqs).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  });

  it.each([
    ["nothing", { clientId: "a", body: "   " }, "invalid"],
    ["4,001 characters", { clientId: "a", body: "x".repeat(4001) }, "invalid payload"],
    ["a character that cannot be stored", { clientId: "a", body: "a\0b" }, "invalid payload"],
    ["no client id", { clientId: "", body: "hi" }, "invalid payload"],
    ["a number that is none", { clientId: "a", body: "hi", replyTo: Number.MAX_SAFE_INTEGER }, "not_found"],
    ["too large a number", { clientId: "a", body: "hi", attachmentIds: [2 ** 31] }, "invalid payload"],
  ])("with %s are refused", async (_what, draft, reason) => {
    const bob = await enter("bob");
    await bob.assertReply(bob.push("message:send", draft), "error", { reason } as never);
    await settled(bob);
  });

  it("that do not fit are refused in words for their author", async () => {
    const bob = await enter("bob");
    const saysOf = async (event: "message:send" | "message:edit" | "command", payload: object) => {
      const { issues } = (await bob.assertReply(bob.push(event, payload as never), "error")) as never as {
        issues: readonly { message: string }[];
      };
      return issues[0]?.message;
    };
    const long = "x".repeat(4001);
    const tooLong = "A message has at most 4,000 characters. Shorten it, or send it in parts.";
    expect(await saysOf("message:send", { clientId: "a", body: long })).toBe(tooLong);
    expect(await saysOf("message:edit", { id: 1, body: long })).toBe(tooLong);
    expect(await saysOf("message:edit", { id: 1, body: " " })).toBe("A message is not empty.");
    expect(await saysOf("command", { name: "topic", args: long })).toBe(tooLong);
    const attachmentIds = Array.from({ length: 11 }, (_, index) => index + 1);
    expect(await saysOf("message:send", { clientId: "a", body: "", attachmentIds })).toMatch("at most 10 images");
    // What no user has written is the page's fault.
    for (const draft of [{}, { clientId: "a b", body: "hi" }, { clientId: "a", body: "hi", replyTo: "first" }]) {
      expect(await saysOf("message:send", draft)).toMatch("Reload it");
    }
  });

  it("that come faster than anybody writes are refused, with the time to wait", async () => {
    const bob = await enter("bob");
    const refs = Array.from({ length: 2 * EVENTS_PER_SECOND + 10 }, (_, n) =>
      bob.push("message:send", { clientId: `fast-${n}`, body: "hi" }),
    );
    await bob.assertReply(refs[0] as string, "ok");
    const tooFast = { reason: "rate limited", retry_after_ms: expect.any(Number) };
    await bob.assertReply(refs.at(-1) as string, "error", tooFast as never);
  });

  it("are kept as they are, whatever stands in them", async () => {
    const bob = await enter("bob");
    const body = "<img src=x onerror=alert(1)> '; drop table users; -- \u202e ${x} %s 👨‍👩‍👧";
    const { message } = await bob.assertReply(bob.push("message:send", { clientId: "x", body }), "ok");
    expect(message.body).toBe(body);
  });

  it("are changed by their author, and forged by nobody", async () => {
    const { general, people } = world;
    const { id } = (await send(world, people.bob, general, "frist")).result.message;
    const [bob, carol] = [await enter("bob"), await enter("carol")];
    const refused = { reason: "forbidden" } as const;
    await carol.assertReply(carol.push("message:edit", { id, body: "forged" }), "error", refused);
    await carol.assertReply(carol.push("message:delete", { id }), "error", refused);
    await bob.assertReply(bob.push("message:edit", { id, body: "first" }), "ok", { message: { body: "first" } });
    await carol.assertPush("message:updated", { id, body: "first", isEditable: false });
    await bob.assertReply(bob.push("message:delete", { id }), "ok", {});
    await carol.assertPush("message:deleted", { id, seq: 1 });
  });

  it("of who is ignored are not shown", async () => {
    const { db, people } = world;
    await ignoreUser(db, people.carol, people.bob, true);
    const [bob, carol] = [await enter("bob"), await enter("carol")];
    bob.cast("typing", { value: true });
    await bob.assertReply(bob.push("message:send", { clientId: "a", body: "hear me" }), "ok");
    await carol.refutePush("message:new", undefined, SHORT);
    await carol.refutePush("typing", undefined, SHORT);
    // Also when the choice is made while the room is open.
    await carryOut(world.endpoint, () => ignoreUser(db, people.carol, people.bob, false));
    await settled(carol);
    await bob.assertReply(bob.push("message:send", { clientId: "b", body: "and now?" }), "ok");
    await carol.assertPush("message:new", { body: "and now?" });
  });

  it("get reactions, pins and stars", async () => {
    const { general, people } = world;
    const { id } = (await send(world, people.alice, general, "hi")).result.message;
    const [bob, other, carol] = [await enter("bob"), await enter("bob"), await enter("carol")];
    const reactions = [{ emoji: "👍🏽", userIds: [people.bob] }];
    await bob.assertReply(bob.push("react", { messageId: id, emoji: "👍🏽" }), "ok", { reactions });
    await carol.assertPush("reaction", { messageId: id, seq: 1, reactions });
    for (const emoji of ["a", "12", "👍x", "<b>", "", "🇩🇪".repeat(20)]) {
      const ref = bob.push("react", { messageId: id, emoji });
      await bob.assertReply(ref, "error", { reason: "invalid payload" } as never);
    }
    for (const emoji of ["🇩🇪", "👨‍👩‍👧", "❤️", "1️⃣"]) {
      await bob.assertReply(bob.push("react", { messageId: id, emoji }), "ok");
    }
    await bob.assertReply(bob.push("pin", { messageId: id, pinned: true }), "ok");
    await carol.assertPush("pinned", { messageId: id, pinned: true, by: { username: "bob" } });

    await bob.assertReply(bob.push("star", { messageId: id, starred: true }), "ok");
    await other.assertPush("message:updated", { id, starred: true });
    await carol.refutePush("message:updated", undefined, SHORT);
  });
});

describe("what may be done", () => {
  it("is refused to forgers in read-only, archived and direct rooms, and to the muted and banned", async () => {
    const { db, people, general, news } = world;
    const { result: direct } = await openDirect(db, people.bob, people.carol);
    const [inNews, inGeneral] = [await enter("bob", "news"), await enter("bob")];
    const inDirect = await world.tab("bob").subscribeAndJoin(`room:${direct}`);
    const draft = { clientId: "a", body: "forged" };
    await inNews.assertReply(inNews.push("message:send", draft), "error", { reason: "read_only" });
    await inNews.assertReply(inNews.push("settings", { field: "readOnly", value: false }), "error", {
      reason: "forbidden",
    });
    await ignoreUser(db, people.carol, people.bob, true);
    await inDirect.assertReply(inDirect.push("message:send", draft), "error", { reason: "blocked" });
    await muteMember(db, people.alice, general, people.bob, true);
    await inGeneral.assertReply(inGeneral.push("message:send", draft), "error", { reason: "muted" });
    await inGeneral.assertReply(inGeneral.push("command", { name: "me", args: "shouts" }), "error", {
      reason: "muted",
    });
    await changeRoom(db, people.alice, news, { field: "archived", value: true });
    await inNews.assertReply(inNews.push("message:send", draft), "error", { reason: "archived" });
    await setBan(db, people.bob, "spam");
    await inGeneral.assertReply(inGeneral.push("message:send", draft), "error", { reason: "banned" });
    await inGeneral.assertReply(
      inGeneral.push("typing", { value: true }) && inGeneral.push("pin", { messageId: 1, pinned: true }),
      "error",
    );
    expect(await db.$count(messages, eq(messages.body, "forged"))).toBe(0);
  });

  it("is told to each as it is for them when it changes", async () => {
    const [alice, bob] = [await enter("alice", "news"), await enter("bob", "news")];
    await alice.assertReply(alice.push("settings", { field: "readOnly", value: false }), "ok", {
      room: { readOnly: false },
    });
    await bob.assertPush("room:update", { room: { readOnly: false } });
    await bob.assertPush("room:state", { post: true, postRefused: null, role: "member" });
    await alice.assertPush("room:state", { post: true, role: "owner" });
    await bob.refutePush("room:state_change" as never, undefined, SHORT);

    await alice.assertReply(alice.push("member:mute", { userId: world.people.bob, muted: true }), "ok");
    await bob.assertPush("room:state", { post: false });
    await alice.assertPush("member:changed", { member: { muted: true } });
    await alice.refutePush("room:state", undefined, SHORT);
  });

  it("changes with a ban, and with the permissions of a role", async () => {
    const { db, people, general } = world;
    const bob = await enter("bob");
    await setBan(db, people.bob, "spam");
    world.endpoint.broadcast(`user:${people.bob}`, "reauthenticate", {});
    await bob.assertPush("room:state", { post: false, permissions: [] });
    await setBan(db, people.bob, null);
    await db
      .update(members)
      .set({ role: "moderator" })
      .where(and(eq(members.userId, people.bob), eq(members.roomId, general)));
    world.endpoint.broadcast("user:role", "permissionsChanged", { lookup: "moderator" });
    await bob.assertPush("room:state", { post: true, role: "moderator" });
    await bob.refutePush("reauthenticate" as never, undefined, SHORT);
    await bob.refutePush("permissionsChanged" as never, undefined, SHORT);
  });

  it.each([
    ["their role may see no public rooms any more", "permissionsChanged"],
    ["they are banned", "reauthenticate"],
    ["they leave it, and their role may see no public rooms", "left"],
  ] as const)("is that of nobody when %s: then nothing more is told", async (_why, how) => {
    const { db, people, general, endpoint } = world;
    const name = how === "left" ? "carol" : "dave";
    const channel = await enter(name);
    await settled(channel);
    if (how === "reauthenticate") {
      await setBan(db, people.dave, "spam");
      endpoint.broadcast(`user:${people.dave}`, "reauthenticate", {});
    } else {
      await setRolePermission(db, "user", "view-public", false);
      if (how === "left") await perform(db, endpoint, general, () => leaveRoom(db, people.carol, general));
      else endpoint.broadcast("user:role", "permissionsChanged", { lookup: "user" });
    }
    await channel.assertPush("room:state", { role: null, post: false });
    await channel.assertPush("phx_close");
    await channel.assertTerminated("normal");
  });
});

describe("leaving", () => {
  it("ends for who is kicked, who gets nothing more", async () => {
    const { db, people, secret } = world;
    const [alice, bob] = [await enter("alice", "secret"), await enter("bob", "secret")];
    await settled(bob);
    // Both at once: no message after the kick may slip through, not even one that was on its way.
    await Promise.all([
      alice.assertReply(alice.push("member:kick", { userId: people.bob }), "ok"),
      ...["a", "b", "c"].map((clientId) =>
        alice.assertReply(alice.push("message:send", { clientId, body: "psst" }), "ok"),
      ),
      alice.assertReply(alice.push("settings", { field: "topic", value: "without bob" }), "ok"),
    ]);
    await bob.assertPush("member:left", { userId: people.bob, why: "kicked" });
    await bob.assertPush("phx_close");
    await bob.assertTerminated("normal");
    for (const event of ["message:new", "room:update", "member:left"] as const) {
      await bob.refutePush(event, undefined, SHORT);
    }
    expect(await world.tab("bob").join(`room:${secret}`)).toMatchObject({ response: { reason: "unauthorized" } });
    expect(await db.$count(messages, eq(messages.body, "psst"))).toBe(3);
  });

  it("ends for who is kicked from a public room, too, and refuses what is still sent", async () => {
    const { people } = world;
    const [alice, bob] = [await enter("alice"), await enter("bob")];
    await alice.assertReply(alice.push("command", { name: "kick", args: "@bob" }), "ok", {});
    await bob.assertTerminated("normal");
    await alice.assertPush("member:left", { userId: people.bob, username: "bob", why: "kicked" });
    await alice.assertPush("message:new", { kind: "system", body: "removed @bob" });
    // He may look in again, and no more.
    const again = await enter("bob");
    const ref = again.push("message:send", { clientId: "a", body: "hey" });
    await again.assertReply(ref, "error", { reason: "forbidden" });
  });

  it("is noticed also when it happens during the join", async () => {
    const { db, people, secret } = world;
    const joined = world.tab("bob").join(`room:${secret}`);
    await perform(db, world.endpoint, secret, () => kickMember(db, people.alice, secret, people.bob));
    const answer = await joined;
    // Refused, or let in and sent away: but not left inside.
    if (answer.status === "ok") await answer.channel.assertPush("phx_close");
    else expect(answer.response).toMatchObject({ reason: "unauthorized" });
  });
});

/** An endpoint that passes what it is given to a function. */
const endpointThat = (send: (topic: string, event: string, payload: object) => unknown): SlackEndpoint =>
  ({ broadcast: send, command: send }) as unknown as SlackEndpoint;

it("changes a room one after the other, and goes on after a failure", async () => {
  const { db } = world;
  const told: string[] = [];
  const to = endpointThat((_topic, _event, payload) => told.push(JSON.stringify(payload)));
  let finish = (): void => {};
  const slow = new Promise<void>((resolve) => (finish = resolve));
  const read = (id: number) => [{ what: "deleted", roomId: 1, id, seq: id }] as const;
  const works = [
    perform(db, to, 1, () => slow.then(() => ({ result: 1, happened: read(1) }))),
    perform(db, to, 1, () => Promise.reject(new Error("lost"))).catch(() => 2),
    perform(db, to, 1, () => Promise.resolve({ result: 3, happened: read(3) })),
  ];
  // Another room does not wait.
  expect(await perform(db, to, 2, () => Promise.resolve({ result: 4, happened: read(4) }))).toBe(4);
  finish();
  expect(await Promise.all(works)).toEqual([1, 2, 3]);
  expect(told).toEqual(['{"id":4,"seq":4}', '{"id":1,"seq":1}', '{"id":3,"seq":3}']);
});

describe("typing", () => {
  it("is told to others, with the user that the server knows, until it ends", async () => {
    const [alice, other, bob] = [await enter("alice"), await enter("alice"), await enter("bob")];
    alice.cast("typing", { value: true, key: world.people.bob } as { value: true });
    await bob.assertPush("typing", { key: world.people.alice, value: true });
    alice.cast("typing", { value: null });
    await bob.assertPush("typing", { key: world.people.alice, value: null });
    alice.cast("typing", { value: true });
    await bob.assertPush("typing", { value: true });
    alice.close();
    await bob.assertPush("typing", { value: null });
    await other.refutePush("typing", undefined, SHORT);
  });
});

describe("commands", () => {
  const run = async (name: Name, command: string, args = "", where: Where = "general") => {
    const channel = await enter(name, where);
    return channel.assertReply(channel.push("command", { name: command, args }), "ok", undefined, 6000);
  };

  it("do what buttons do", async () => {
    const { db, general, news } = world;
    expect(await run("dave", "join", "#general")).toEqual({ open: general });
    expect(await run("alice", "invite", "@erin")).toEqual({});
    expect(await run("alice", "topic", "All of us")).toEqual({});
    expect(await run("bob", "topic")).toEqual({ text: "All of us" });
    expect(await run("alice", "rename", "#Everybody")).toEqual({});
    expect((await db.select().from(rooms).where(eq(rooms.id, general)))[0]).toMatchObject({ name: "everybody" });
    expect(await run("alice", "mute", "@bob")).toEqual({});
    expect(await run("alice", "unmute", "bob")).toEqual({});
    expect(await run("bob", "leave")).toEqual({});
    expect(await run("alice", "archive", "", "news")).toEqual({});
    expect((await db.select().from(rooms).where(eq(rooms.id, news)))[0]?.archived).toBe(true);
    expect(await run("alice", "unarchive", "#news")).toEqual({});
    expect((await run("carol", "help")).text).toContain("/invite @person");
  });

  it("open rooms and conversations, and write", async () => {
    const { db } = world;
    const { open: made } = await run("carol", "create", "private tea");
    expect((await db.select().from(rooms).where(eq(rooms.id, made!)))[0]).toMatchObject({
      name: "tea",
      kind: "private",
    });
    const { open: direct } = await run("carol", "msg", "@bob psst, here");
    expect(await run("bob", "open", "@carol")).toEqual({ open: direct });
    expect(await run("bob", "open", "#news")).toEqual({ open: world.news });
    await run("bob", "me", "waves");
    await run("bob", "shrug", "well");
    const bodies = (await db.select().from(messages).where(eq(messages.kind, "message"))).map(({ body }) => body);
    expect(bodies).toEqual(["psst, here", "_waves_", "well ¯\\_(ツ)_/¯"]);
    expect(await db.$count(members, eq(members.roomId, direct!))).toBe(2);
  });

  it("are refused like the rest", async () => {
    const bob = await enter("bob");
    const refused = async (name: string, args: string, reason: string) => {
      await bob.assertReply(bob.push("command", { name, args }), "error", { reason } as never);
    };
    await refused("foo", "", "not_found");
    await refused("constructor", "", "not_found");
    await refused("invite", "@nobody", "not_found");
    await refused("invite", "@dave", "forbidden");
    await refused("kick", "@alice", "forbidden");
    await refused("archive", "", "forbidden");
    await refused("rename", "mine", "forbidden");
    await refused("join", "#nowhere", "not_found");
    await refused("create", "two words", "invalid");
    await refused("me", "x".repeat(3999), "invalid");
    const carol = await enter("carol");
    // A private room is nowhere for strangers.
    await carol.assertReply(carol.push("command", { name: "join", args: "#secret" }), "error", { reason: "not_found" });
    const notice = bob.push("message:send", { clientId: "n", body: "@all hear" });
    await bob.assertReply(notice, "ok");
    await bob.assertPush("notice", { text: (text) => text.includes("@all") });
    await carol.refutePush("notice", undefined, SHORT);
  });
});

it("tells of each thing on the topics that it is for", () => {
  const told: string[] = [];
  const user = { id: 7, username: "eve", name: "Eve", hue: 1 };
  const member = { user, role: "member", muted: false } as const;
  announce(
    endpointThat((topic, event) => told.push(`${topic} ${event}`)),
    [
      { what: "joined", roomId: 3, member },
      { what: "left", roomId: 3, roomName: "x", user, why: "left" },
      { what: "shown", userId: 7, roomId: 3, direct: true },
      { what: "starred", userId: 7, messageId: 1, starred: true },
      { what: "retracted", userId: 7, ids: [1], unread: 0 },
    ],
  );
  expect(told).toEqual([
    "user:7 room:join",
    "room:3 member:joined",
    "room:3 member:left",
    "user:7 room:leave",
    "user:7 direct:new",
    "self:7 starred",
    "notifications:7 retract",
    "user:7 refreshMentions",
  ]);
});
