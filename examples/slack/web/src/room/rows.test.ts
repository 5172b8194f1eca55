import { describe, expect, it } from "vitest";
import { alice, bob, joinedWith, message } from "./room-fixtures.ts";
import { emptyRoom, roomReducer } from "./room-state.ts";
import type { RoomState } from "./room-state.ts";
import { rowsOf } from "./rows.ts";

const dayOf = (at: string) => at.slice(0, 10);
const at = (text: string) => `2026-11-${text}:00Z`;
const state = (messages: Parameters<typeof joinedWith>[0], changes: Partial<RoomState> = {}): RoomState => ({
  ...roomReducer(emptyRoom(alice.id), { type: "joined", reply: joinedWith(messages) }),
  ...changes,
});

describe("rows", () => {
  it("name a day above its first message only", () => {
    const rows = rowsOf(
      state([
        message(1, { at: at("20T23:58") }),
        message(2, { at: at("20T23:59") }),
        message(3, { at: at("21T00:01") }),
      ]),
      dayOf,
    );
    expect(rows.map(({ day }) => day)).toEqual(["2026-11-20", null, "2026-11-21"]);
    expect(rows.map(({ continued }) => continued)).toEqual([false, true, false]);
  });

  it("are one group for one author within five minutes", () => {
    const rows = rowsOf(
      state([
        message(1, { at: at("20T10:00") }),
        message(2, { at: at("20T10:04") }),
        message(3, { at: at("20T10:09") }),
        message(4, { at: at("20T10:10"), user: alice }),
        message(5, { at: at("20T10:10"), user: alice, kind: "system" }),
        message(6, { at: at("20T10:11"), user: alice }),
        message(7, { at: at("20T10:11"), user: alice, replyTo: { id: 1, seq: 1, username: "bob", excerpt: "" } }),
      ]),
      dayOf,
    );
    expect(rows.map(({ continued }) => continued)).toEqual([false, true, false, false, false, false, false]);
  });

  it("have the unread line above the first message of somebody else after what was read", () => {
    const messages = [message(1), message(2, { user: alice }), message(3, { user: bob }), message(4)];
    const lines = (changes: Partial<RoomState>) =>
      rowsOf(state(messages, changes), dayOf).map((row) => "message" in row && row.unreadLine);
    expect(lines({ unreadAfter: 1 })).toEqual([false, false, true, false]);
    expect(lines({ unreadAfter: null })).toEqual([false, false, false, false]);
    expect(lines({ unreadAfter: 0, hasOlder: true })).toEqual([false, false, false, false]);
    expect(lines({ unreadAfter: 0, hasOlder: false })).toEqual([true, false, false, false]);
  });

  it("keep their key from the sending to the answer", () => {
    const outgoing = { clientId: "x", body: "hi", replyTo: null, attachments: [], at: at("20T10:01") };
    const before = roomReducer(state([message(1)]), { type: "send", outgoing });
    const after = roomReducer(before, { type: "sent", message: message(2, { user: alice, clientId: "x" }) });
    expect(rowsOf(after, dayOf).at(-1)?.key).toBe(rowsOf(before, dayOf).at(-1)?.key);
  });
});
