// @vitest-environment happy-dom
import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { useFileDrop } from "./use-file-drop.ts";

afterEach(cleanup);

/** `files` are the names of what is held over the page. */
function drag(type: string, files: readonly string[], relatedTarget: Element | null = null): boolean {
  const event = new Event(type, { bubbles: true, cancelable: true });
  const held = files.map((name) => new File(["x"], name));
  const dataTransfer = { types: held.length > 0 ? ["Files"] : ["text/plain"], files: held };
  Object.assign(event, { dataTransfer, relatedTarget });
  act(() => void document.body.dispatchEvent(event));
  return event.defaultPrevented;
}

it("takes files wherever they are dropped, and says when they are over the page", () => {
  const got: string[] = [];
  const { result } = renderHook(() => useFileDrop((files) => got.push(...[...files].map(({ name }) => name))));
  expect(drag("dragover", ["a.png"])).toBe(true);
  expect(result.current).toBe(true);
  drag("dragleave", ["a.png"], document.body);
  expect(result.current).toBe(true);
  drag("dragleave", ["a.png"]);
  expect(result.current).toBe(false);
  drag("dragover", ["a.png"]);
  expect(drag("drop", ["a.png", "b.png"])).toBe(true);
  expect(result.current).toBe(false);
  expect(got).toEqual(["a.png", "b.png"]);
});

it("leaves words that are dragged alone", () => {
  const { result } = renderHook(() => useFileDrop(() => expect.fail("took words for files")));
  expect(drag("dragover", [])).toBe(false);
  expect(drag("drop", [])).toBe(false);
  expect(result.current).toBe(false);
});
