import { expect, it } from "vitest";
import { commandOf } from "./shortcuts.ts";

const keys = (key: string, modifiers: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...modifiers });

it("opens the switcher with either command key", () => {
  const switcher = { kind: "dialog", dialog: "switcher" };
  expect(keys("k", { ctrlKey: true })).toEqual(switcher);
  expect(keys("K", { metaKey: true })).toEqual(switcher);
});

it("goes from room to room, with Shift to unread ones", () => {
  expect(keys("ArrowUp", { altKey: true })).toEqual({ kind: "room", step: -1, unread: false });
  expect(keys("ArrowDown", { altKey: true, shiftKey: true })).toEqual({ kind: "room", step: 1, unread: true });
});

it("leaves all other keys to what has the focus", () => {
  expect(keys("k")).toBeUndefined();
  expect(keys("ArrowUp")).toBeUndefined();
  expect(keys("ArrowUp", { altKey: true, ctrlKey: true })).toBeUndefined();
  expect(keys("k", { ctrlKey: true, shiftKey: true })).toBeUndefined();
});
