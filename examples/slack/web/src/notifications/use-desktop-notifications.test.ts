// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Notification } from "@wingbeat/example-slack/contract";
import { useDesktopNotifications } from "./use-desktop-notifications.ts";

const mention: Notification = {
  id: 1,
  kind: "mention",
  actor: { id: 2, username: "bob", name: "Bob Okafor", hue: 1 },
  roomId: 7,
  roomName: "general",
  messageId: 1,
  seq: 12,
  excerpt: "*hello* @alice :tada:",
  at: "2026-11-20T10:00:00Z",
  read: false,
};

let shown: { readonly title: string; readonly body: string; click(): void }[];

/** What the browser has. */
class System extends EventTarget {
  static readonly permission = "granted";
  constructor(title: string, { body }: { readonly body: string }) {
    super();
    shown.push({ title, body, click: () => this.dispatchEvent(new Event("click")) });
  }
  close(): void {}
}

beforeEach(() => {
  shown = [];
  vi.useFakeTimers();
  vi.stubGlobal("Notification", System);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function start(notification: Notification, wanted = true) {
  const openRoom = vi.fn<(roomId: number, seq?: number) => void>();
  const { result, rerender, unmount } = renderHook(
    (props: { readonly items: readonly Notification[]; readonly wanted: boolean }) =>
      useDesktopNotifications({ ...props, openRoom }),
    { initialProps: { items: [] as readonly Notification[], wanted } },
  );
  result.current(notification);
  const become = (items: readonly Notification[], isWanted = wanted) => rerender({ items, wanted: isWanted });
  become([notification]);
  return { become, unmount, openRoom };
}

it("shows what somebody has said, and leads there", () => {
  const { openRoom } = start(mention);
  vi.advanceTimersByTime(1_000);

  expect(shown).toMatchObject([{ title: "Bob Okafor in #general", body: "hello @alice 🎉" }]);
  shown[0]?.click();
  expect(openRoom).toHaveBeenCalledWith(7, 12);
});

it.each([
  ["a direct message", { kind: "direct", excerpt: "see you" }, { title: "Bob Okafor", body: "see you" }],
  ["an image alone", { kind: "direct", excerpt: "" }, { title: "Bob Okafor", body: "An image" }],
  ["an invitation", { kind: "invite", seq: null }, { title: "Bob Okafor invited you to #general", body: "" }],
] as const)("says what %s is", (_what, changes, expected) => {
  start({ ...mention, ...changes });
  vi.advanceTimersByTime(1_000);
  expect(shown).toMatchObject([expected]);
});

it("shows nothing that was read in another window, or taken back", () => {
  start(mention).become([{ ...mention, read: true }]);
  start(mention).become([]);
  vi.advanceTimersByTime(5_000);
  expect(shown).toEqual([]);
});

it("shows nothing to who looks at the page, then or in the next moment, or has gone", () => {
  start(mention, false).become([mention], true);
  start(mention).become([mention], false);
  start(mention).unmount();
  vi.advanceTimersByTime(5_000);
  expect(shown).toEqual([]);
});
