// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement as element } from "react";
import { createPortal } from "react-dom";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { moveBetweenRows } from "./row-keys.ts";

const leave = vi.fn<() => void>();
const row = (id: string, child?: React.ReactNode) =>
  element("div", { key: id, "data-testid": id, "data-row": true, tabIndex: -1 }, child);

beforeEach(() => {
  const menu = createPortal(element("button", { "data-testid": "menu" }), document.body);
  render(
    element(
      "div",
      { onKeyDown: (event) => moveBetweenRows(event, leave) },
      element("div", { className: "message-scroller", "data-testid": "list", tabIndex: 0 }, [
        row("first"),
        row("second", [
          element("button", { key: "button", "data-testid": "button", "aria-haspopup": "dialog" }),
          element("button", { key: "menu-button", "data-testid": "menu-button", "aria-haspopup": "menu" }),
          element("textarea", { key: "text", "data-testid": "text" }),
          menu,
        ]),
        row("third"),
      ]),
    ),
  );
});
afterEach(() => {
  cleanup();
  leave.mockReset();
});

function press(key: string, from: string): string | null | undefined {
  const at = screen.getByTestId(from);
  at.focus();
  fireEvent.keyDown(at, { key });
  return document.activeElement?.getAttribute("data-testid");
}

it("goes from the list to its last message, and from message to message", () => {
  expect(press("ArrowUp", "list")).toBe("third");
  expect(press("ArrowUp", "third")).toBe("second");
  expect(press("ArrowDown", "second")).toBe("third");
  expect(press("ArrowDown", "third")).toBe("third");
});

it("goes from what is in a message to the message", () => {
  expect(press("ArrowUp", "button")).toBe("second");
  expect(press("ArrowDown", "button")).toBe("second");
});

it("leaves the keys of what is typed in, and of menus, alone", () => {
  expect(press("ArrowUp", "text")).toBe("text");
  expect(press("ArrowDown", "menu-button")).toBe("menu-button");
  expect(press("ArrowDown", "menu")).toBe("menu");
});

it("leaves the list with Escape, but not when that closes a menu of a message", () => {
  press("Escape", "button");
  expect(leave).toHaveBeenCalledOnce();
  press("Escape", "menu");
  expect(leave).toHaveBeenCalledOnce();
});
