import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Notification } from "@wingbeat/example-slack/contract";
import { badgeText, noNotifications, notificationsReducer } from "./notifications-state.ts";
import type { NotificationsAction, NotificationsState } from "./notifications-state.ts";

const item = (id: number, changes: Partial<Notification> = {}): Notification => ({
  id,
  kind: "mention",
  actor: { id: 2, username: "bob", name: "Bob", hue: 1 },
  roomId: 1,
  roomName: "general",
  messageId: id,
  seq: id,
  excerpt: `number ${id}`,
  at: "2026-11-20T10:00:00Z",
  read: false,
  ...changes,
});
const after = (state: NotificationsState, ...actions: readonly NotificationsAction[]) =>
  actions.reduce(notificationsReducer, state);
const ids = ({ items }: NotificationsState) => items.map(({ id }) => id);
const joined = (...known: readonly number[]): NotificationsAction => ({
  type: "joined",
  reply: { unread: known.length, items: known.map((id) => item(id)), cursor: known.at(-1) ?? null },
});

describe("notifications", () => {
  it("are the newest first, with what was missed before what was there", () => {
    const state = after(noNotifications, joined(3, 2), {
      type: "joined",
      reply: { unread: 4, items: [item(5), item(4)], cursor: null },
    });
    expect(ids(state)).toEqual([5, 4, 3, 2]);
    expect(state).toMatchObject({ unread: 4, cursor: 2, newestId: 5 });
  });

  it("come with the number of unread ones, and are read on every device", () => {
    const state = after(
      noNotifications,
      joined(2, 1),
      { type: "came", notification: item(3), unread: 3 },
      { type: "read", ids: [1, 3], unread: 1 },
    );
    expect(state.items.map(({ read }) => read)).toEqual([true, false, true]);
    expect(state.unread).toBe(1);
  });

  it("go when their mention goes", () => {
    const state = after(noNotifications, joined(2, 1), { type: "retracted", ids: [2], unread: 1 });
    expect(ids(state)).toEqual([1]);
    expect(state.newestId).toBe(2);
  });

  it("have older pages until there are no more", () => {
    const state = after(noNotifications, joined(3), { type: "page", items: [item(2), item(1)], cursor: null });
    expect(ids(state)).toEqual([3, 2, 1]);
    expect(state.cursor).toBeNull();
  });

  it("are each there once and in order, however often and in whatever order they come", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30 })), (coming) => {
        const actions = coming.map((id) => ({ type: "came", notification: item(id), unread: 1 }) as const);
        expect(ids(after(noNotifications, ...actions))).toEqual([...new Set(coming)].sort((one, other) => other - one));
      }),
    );
  });

  it("are counted up to 99", () => {
    expect([1, 99, 100].map(badgeText)).toEqual(["1", "99", "99+"]);
  });
});
