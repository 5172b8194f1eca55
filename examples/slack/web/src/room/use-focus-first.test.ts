// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { createElement as element, useRef } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { useFocusFirst } from "./use-focus-first.ts";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  useFocusFirst(area);
  return element("textarea", { ref: area, "aria-label": "composer" });
}

const Page = ({ isOpen }: { readonly isOpen: boolean }) =>
  element("div", null, [
    element("nav", { key: "nav", className: "sidebar" }, [
      element("a", { key: "a", href: "/room/1" }, "room"),
      element("button", { key: "button" }, "switcher"),
    ]),
    element("button", { key: "button" }, "panel"),
    element("input", { key: "input", "aria-label": "search" }),
    isOpen && element(Composer, { key: "composer" }),
  ]);

/** Opens a room while something has the focus. */
function openWith(find: () => HTMLElement | null): void {
  const { rerender } = render(element(Page, { isOpen: false }));
  find()?.focus();
  rerender(element(Page, { isOpen: true }));
}

it.each([
  ["nothing", () => null],
  ["a link", () => screen.getByText("room")],
  ["a button of the sidebar", () => screen.getByText("switcher")],
])("takes the focus from %s", (_what, find) => {
  openWith(find);
  expect(document.activeElement).toBe(screen.getByLabelText("composer"));
});

it.each([
  ["a button elsewhere", () => screen.getByText("panel")],
  ["a field", () => screen.getByLabelText("search")],
])("leaves it to %s", (_what, find) => {
  openWith(find);
  expect(document.activeElement).toBe(find());
});

it("brings up no keyboard on glass", () => {
  vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
  render(element(Page, { isOpen: true }));
  expect(document.activeElement).toBe(document.body);
});
