import { describe, expect, it } from "vitest";
import { initialState, workspaceReducer } from "./state.ts";
import type { WorkspaceAction } from "./state.ts";
import { me, room, unread } from "./workspace-fixtures.ts";

const general = room(1, "general");
const random = room(2, "random");
const joined = { type: "joined", reply: { me, rooms: [general, random], announcement: null, ignored: [] } } as const;

const after = (...actions: readonly WorkspaceAction[]) => actions.reduce(workspaceReducer, initialState(me));

describe("workspaceReducer", () => {
  it("is not ready before the user's channel was joined", () => {
    expect(after().ready).toBe(false);
    expect(after(joined)).toMatchObject({ ready: true, rooms: [general, random] });
  });

  it("takes a rejoin's reply for the truth: what went away meanwhile is gone", () => {
    const rejoined = { ...joined, reply: { ...joined.reply, rooms: [room(2, "renamed")] } };
    expect(after(joined, rejoined).rooms).toEqual([room(2, "renamed")]);
  });

  it("adds a room once, whether the answer or the push comes first", () => {
    const design = room(3, "design");
    const twice = after(joined, { type: "room", room: design }, { type: "room", room: { ...design, topic: "Type" } });
    expect(twice.rooms).toEqual([general, random, { ...design, topic: "Type" }]);
  });

  it("knows whom the user ignores", () => {
    const ignored = (userId: number, isIgnored: boolean) =>
      ({ type: "ignored", userId, ignored: isIgnored }) as const satisfies WorkspaceAction;
    const rejoined = { ...joined, reply: { ...joined.reply, ignored: [4] } };

    expect(after(joined, ignored(2, true), ignored(3, true), ignored(2, true)).ignored).toEqual([3, 2]);
    expect(after(joined, ignored(2, true), ignored(2, false)).ignored).toEqual([]);
    expect(after(joined, ignored(2, true), rejoined).ignored).toEqual([4]);
  });

  it("removes a room", () => {
    expect(after(joined, { type: "room:removed", roomId: 1 }).rooms).toEqual([random]);
  });

  it("takes what is unread of one room, and leaves the others as they are", () => {
    const state = after(joined, { type: "unread", unread: unread(2, true, 3) });
    expect(state.rooms).toEqual([general, { ...random, unread: unread(2, true, 3) }]);
    expect(state.rooms[0]).toBe(general);
  });

  it("drops what is told of a room that is gone", () => {
    const state = after(joined);
    expect(workspaceReducer(state, { type: "unread", unread: unread(9, true) })).toBe(state);
    expect(workspaceReducer(state, { type: "newMessage", roomId: 9 })).toBe(state);
  });

  it("brings a hidden conversation back when somebody writes in it", () => {
    const state = after(joined, { type: "room", room: { ...random, hidden: true } }, { type: "newMessage", roomId: 2 });
    expect(state.rooms[1]).toEqual(random);
  });

  it("keeps the user up to date", () => {
    const state = after(
      joined,
      { type: "me", me: { ...me, banned: "puns", permissions: [] } },
      { type: "status", manualStatus: "busy" },
      { type: "preferences", preferences: { theme: "dark", desktopNotifications: true } },
    );
    expect(state.me).toEqual({
      ...me,
      banned: "puns",
      permissions: [],
      manualStatus: "busy",
      preferences: { theme: "dark", desktopNotifications: true },
    });
  });

  it("has the latest announcement, or none", () => {
    const announcement = { id: 1, text: "Cake" };
    expect(after(joined, { type: "announcement", announcement }).announcement).toEqual(announcement);
    expect(
      after({ type: "announcement", announcement }, { type: "announcement", announcement: null }).announcement,
    ).toBeNull();
  });

  it("counts unread mentions as the server does", () => {
    expect(after({ type: "refreshMentions", unread: 4 }).unreadMentions).toBe(4);
  });
});
