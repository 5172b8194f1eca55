import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alice, bob, joinedWith, message, messages, pageOf } from "./room-fixtures.ts";
import { emptyRoom, roomReducer } from "./room-state.ts";
import type { RoomAction, RoomState } from "./room-state.ts";
import { typingText } from "./typing-text.ts";
import { WINDOW_LIMIT } from "./room-state/window.ts";

const after = (state: RoomState, ...actions: readonly RoomAction[]): RoomState => actions.reduce(roomReducer, state);
const opened = (from: number, to: number, changes = {}) =>
  after(emptyRoom(alice.id), { type: "joined", reply: joinedWith(messages(from, to), changes) });
const seqs = (state: RoomState) => state.messages.map(({ seq }) => seq);
const range = (from: number, to: number) => messages(from, to).map(({ seq }) => seq);
const outgoing = (clientId: string) => ({
  clientId,
  body: clientId,
  replyTo: null,
  attachments: [],
  at: "2026-11-20T10:00:00Z",
});

describe("messages", () => {
  it("are each there once and in order, however they come", () => {
    const state = after(
      opened(5, 8),
      { type: "received", message: message(10) },
      { type: "received", message: message(9) },
      { type: "received", message: message(10) },
      { type: "page", request: { kind: "older", before: 5 }, page: pageOf(1, 5, 10) },
    );
    expect(seqs(state)).toEqual(range(1, 10));
    expect(state).toMatchObject({ hasOlder: false, newestSeq: 10 });
  });

  it("are others when somebody is ignored, but for those that came meanwhile", () => {
    const held = after(opened(1, 60), { type: "received", message: message(61) });
    const page = { messages: messages(11, 58), hasOlder: true, hasNewer: false };
    const state = after(held, { type: "page", request: { kind: "anew", since: 60 }, page });

    expect(seqs(state)).toEqual([...range(11, 58), 61]);
    expect(state).toMatchObject({ hasOlder: true, hasNewer: false, newestSeq: 61, generation: held.generation + 1 });
    expect(after(held, { type: "page", request: { kind: "anew", since: 61 }, page })).toMatchObject({ newestSeq: 58 });
  });

  it("of rooms that are forgotten are gone, what waits to be sent is not", () => {
    const state = after(opened(1, 3), { type: "send", outgoing: outgoing("x") }, { type: "forgotten" });

    expect(state).toEqual({ ...emptyRoom(alice.id), outbox: [expect.objectContaining({ clientId: "x" })] });
  });

  it("that were missed come as pushes: the answer to a rejoin brings none, but the stars of other tabs", () => {
    const state = after(opened(1, 3), { type: "received", message: message(4) });
    const reply = joinedWith(messages(50, 60), { hasMore: true, starred: [1002] });
    const rejoined = after(state, { type: "joined", reply });
    expect(seqs(rejoined)).toEqual(range(1, 4));
    expect(rejoined.messages.map(({ starred }) => starred)).toEqual([false, true, false, false]);
    expect(after(rejoined, { type: "joined", reply }).messages).toBe(rejoined.messages);
  });

  it("are changed, deleted, pinned and starred", () => {
    const state = after(
      opened(1, 3),
      { type: "starred", messageId: 1001, starred: true },
      { type: "updated", message: message(1, { body: "new", editedAt: "2026-11-20T12:00:00Z" }) },
      { type: "deleted", id: 1002 },
      { type: "pinned", messageId: 1003, pinned: true },
      { type: "reactions", messageId: 1003, reactions: [{ emoji: "👍", userIds: [1] }] },
    );
    expect(state.messages[0]).toMatchObject({ body: "new", starred: false });
    expect(state.messages[1]).toMatchObject({ body: "", deleted: true });
    expect(state.messages[2]).toMatchObject({ pinned: true, reactions: [{ emoji: "👍" }] });
  });

  it("keep what is their reader's own when all are told of a change", () => {
    const { isEditable: _, starred: __, ...common } = message(1, { body: "new" });
    const state = after(
      opened(1, 1),
      { type: "starred", messageId: 1001, starred: true },
      { type: "updated", message: common },
    );
    expect(state.messages[0]).toMatchObject({ body: "new", starred: true });
  });

  it("do not go back to an earlier version that was on its way", () => {
    const edited = message(2, { body: "edited", editedAt: "2026-11-20T12:00:00Z" });
    const state = after(
      opened(2, 3),
      { type: "updated", message: edited },
      { type: "deleted", id: 1003 },
      { type: "page", request: { kind: "older", before: 2 }, page: pageOf(1, 3, 3) },
    );
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.messages[1]?.body).toBe("edited");
    expect(state.messages[2]?.deleted).toBe(true);
  });
});

describe("the window", () => {
  it("is cut at the start while its end is followed", () => {
    const state = after(opened(1, WINDOW_LIMIT), { type: "received", message: message(WINDOW_LIMIT + 1) });
    expect(state.messages.length).toBeLessThan(WINDOW_LIMIT);
    expect(state).toMatchObject({ hasOlder: true, hasNewer: false });
  });

  it("is cut at the end while older ones are read, and then news are only counted", () => {
    const cut = after(
      opened(51, 50 + WINDOW_LIMIT),
      { type: "following", following: false },
      { type: "page", request: { kind: "older", before: 51 }, page: pageOf(1, 50, 50 + WINDOW_LIMIT) },
    );
    expect(cut).toMatchObject({ hasNewer: true, newestSeq: 50 + WINDOW_LIMIT });
    const state = after(cut, { type: "received", message: message(51 + WINDOW_LIMIT) });
    expect(state).toMatchObject({ fresh: 1, newestSeq: 51 + WINDOW_LIMIT });
    expect(state.messages).toBe(cut.messages);
  });

  it("goes elsewhere and comes back by scrolling, with what came meanwhile", () => {
    let state = after(opened(81, 100), {
      type: "page",
      request: { kind: "around", seq: 20 },
      page: pageOf(10, 30, 100),
    });
    expect(state).toMatchObject({ hasOlder: true, hasNewer: true, generation: 1 });
    state = after(
      state,
      { type: "received", message: message(101) },
      { type: "page", request: { kind: "newer", after: 30 }, page: pageOf(31, 100, 100) },
    );
    expect(state.hasNewer).toBe(true);
    state = after(state, { type: "page", request: { kind: "newer", after: 100 }, page: pageOf(101, 101, 101) });
    expect(state.hasNewer).toBe(false);
    expect(seqs(state)).toEqual(range(10, 101));
  });

  it("does not take a page that was asked for elsewhere", () => {
    const state = after(opened(81, 100), {
      type: "page",
      request: { kind: "around", seq: 20 },
      page: pageOf(10, 30, 100),
    });
    expect(after(state, { type: "page", request: { kind: "older", before: 81 }, page: pageOf(31, 80, 100) })).toBe(
      state,
    );
    expect(after(state, { type: "page", request: { kind: "newer", after: 100 }, page: pageOf(31, 80, 100) })).toBe(
      state,
    );
  });
});

describe("sending", () => {
  it("shows a message at once and confirms it once, by answer and push in any order", () => {
    const stored = message(4, { user: alice, clientId: "a" });
    const waiting = after(opened(1, 3), { type: "send", outgoing: outgoing("a") });
    expect(waiting.outbox).toMatchObject([{ clientId: "a", state: "sending" }]);
    const actions: RoomAction[] = [
      { type: "sent", message: stored },
      { type: "received", message: stored },
    ];
    for (const order of [actions, actions.toReversed()]) {
      const state = after(waiting, ...order);
      expect(state.outbox).toEqual([]);
      expect(seqs(state)).toEqual([1, 2, 3, 4]);
    }
  });

  it("is confirmed by the answer to a rejoin as well", () => {
    const reply = joinedWith([message(4, { user: alice, clientId: "a" })]);
    expect(after(opened(1, 3), { type: "send", outgoing: outgoing("a") }, { type: "joined", reply }).outbox).toEqual(
      [],
    );
  });

  it("is not confirmed by another one's message with the same client id", () => {
    const state = after(opened(1, 3), { type: "send", outgoing: outgoing("a") });
    expect(after(state, { type: "received", message: message(4, { user: bob, clientId: "a" }) }).outbox).toHaveLength(
      1,
    );
  });

  it("fails, and is tried again after those that wait, or discarded", () => {
    const state = after(
      opened(1, 1),
      { type: "send", outgoing: outgoing("a") },
      { type: "send", outgoing: outgoing("b") },
      { type: "failed", clientId: "a", error: "You are muted." },
    );
    expect(state.outbox[0]).toMatchObject({ state: "failed", error: "You are muted." });
    expect(state.outbox[1]).toMatchObject({ clientId: "b", state: "sending" });
    const retried = after(state, { type: "retry", clientId: "a" });
    expect(retried.outbox.map(({ clientId }) => clientId)).toEqual(["b", "a"]);
    expect(after(retried, { type: "discard", clientId: "b" }, { type: "discard", clientId: "a" }).outbox).toEqual([]);
  });
});

describe("the unread line", () => {
  it("stands where the user had read to, and stays there", () => {
    const state = after(opened(1, 10, { lastReadSeq: 6 }), { type: "received", message: message(11) });
    expect(state.unreadAfter).toBe(6);
    expect(after(state, { type: "joined", reply: joinedWith([], { lastReadSeq: 11 }) }).unreadAfter).toBe(6);
  });

  it("is not there when all is read, or when only own messages are new", () => {
    expect(opened(1, 10).unreadAfter).toBeNull();
    const own = joinedWith([message(1), message(2, { user: alice })], { lastReadSeq: 1 });
    expect(after(emptyRoom(alice.id), { type: "joined", reply: own }).unreadAfter).toBeNull();
  });

  it("appears above what comes while nobody is looking", () => {
    const state = after(opened(1, 3), { type: "watching", watching: false }, { type: "received", message: message(4) });
    expect(state.unreadAfter).toBe(3);
    expect(after(state, { type: "received", message: message(5) }).unreadAfter).toBe(3);
  });

  it("is found anew when the room is opened again", () => {
    const state = after(opened(1, 10, { lastReadSeq: 6 }), { type: "opened" });
    expect(state.unreadAfter).toBeNull();
    expect(after(state, { type: "joined", reply: joinedWith([message(11)], { lastReadSeq: 10 }) }).unreadAfter).toBe(
      10,
    );
  });
});

describe("beside the messages", () => {
  it("counts what others wrote while the end was not on screen", () => {
    const away = after(opened(1, 3), { type: "following", following: false });
    const state = after(
      away,
      { type: "received", message: message(4) },
      { type: "received", message: message(4) },
      { type: "received", message: message(5, { user: alice }) },
    );
    expect(state.fresh).toBe(1);
    expect(after(state, { type: "following", following: true }).fresh).toBe(0);
  });

  it("says who is typing", () => {
    expect(typingText([])).toBe("");
    expect(typingText(["bob"])).toBe("bob is typing…");
    expect(typingText(["bob", "carol"])).toBe("bob and carol are typing…");
  });

  it("follows members and rights", () => {
    const member = { user: bob, role: "member", muted: false } as const;
    const rights = { role: "member", post: false, postRefused: "Read only.", permissions: [] } as const;
    const state = after(
      opened(1, 1),
      { type: "memberJoined", member },
      { type: "memberChanged", member: { ...member, role: "moderator" } },
      { type: "rights", rights },
    );
    expect(state.members.map(({ role }) => role)).toEqual(["member", "moderator"]);
    expect(state.me).toBe(rights);
  });
});

/** A server whose history grows, and a page that hears of everything, of nothing for a while, or asks for pages. */
describe("whatever happens", () => {
  type Step = "push" | "miss" | "rejoin" | "older" | "newer" | "around" | "latest" | "follow" | "unfollow";
  const steps: readonly Step[] = ["push", "miss", "rejoin", "older", "newer", "around", "latest", "follow", "unfollow"];

  function play(state: RoomState, last: number, step: Step, place: number): { state: RoomState; last: number } {
    const page = (request: Extract<RoomAction, { type: "page" }>["request"], from: number, to: number) =>
      after(state, { type: "page", request, page: pageOf(Math.max(1, from), Math.min(last, to), last) });
    const first = state.messages[0]?.seq ?? 0;
    const end = state.messages.at(-1)?.seq ?? 0;
    const told = state.newestSeq === last;
    if (step === "push" && told)
      return { state: after(state, { type: "received", message: message(last + 1) }), last: last + 1 };
    if (step === "miss") return { state, last: last + place };
    if (step === "rejoin") {
      const since = state.newestSeq;
      const joined = after(state, { type: "joined", reply: joinedWith(messages(last - 4, last), { hasMore: true }) });
      const missed = messages(since + 1, last);
      if (missed.length <= 15)
        return { state: after(joined, ...missed.map((one) => ({ type: "received", message: one }) as const)), last };
      const anew = { messages: messages(last - 9, last), hasOlder: true, hasNewer: false };
      return { state: after(joined, { type: "page", request: { kind: "anew", since }, page: anew }), last };
    }
    if (step === "older" && state.hasOlder)
      return { state: page({ kind: "older", before: first }, first - 10, first - 1), last };
    if (step === "newer" && state.hasNewer)
      return { state: page({ kind: "newer", after: end }, end + 1, end + 10), last };
    if (step === "around")
      return { state: page({ kind: "around", seq: place }, Math.min(place, last) - 5, place + 5), last };
    if (step === "latest") return { state: page({ kind: "latest" }, last - 9, last), last };
    if (step.endsWith("follow"))
      return { state: after(state, { type: "following", following: step === "follow" }), last };
    return { state, last };
  }

  it("messages are in order and each there once, without a hole", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...steps), fc.integer({ min: 1, max: 30 })), { maxLength: 60 }),
        (script) => {
          let last = 20;
          let state = opened(11, 20);
          for (const [step, place] of script) {
            ({ state, last } = play(state, last, step, place));
            const held = seqs(state);
            for (let at = 1; at < held.length; at++) {
              expect(held[at]).toBe((held[at - 1] ?? 0) + 1);
            }
            expect(state.hasOlder).toBe(held[0] !== 1);
            if (!state.hasNewer) expect(held.at(-1)).toBe(state.newestSeq);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
