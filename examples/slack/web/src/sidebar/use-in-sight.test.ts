// @vitest-environment happy-dom
import { cleanup, render, screen } from "@testing-library/react";
import { createElement as element } from "react";
import { afterEach, expect, it, vi } from "vitest";
import { useInSight } from "./use-in-sight.ts";

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

/** A list from 100 to 300, with one line in it. */
function Sidebar({ isWanted }: { readonly isWanted: boolean }) {
  const line = useInSight<HTMLDivElement>(isWanted);
  return element("div", { className: "sidebar-scroll", "data-testid": "list" }, element("div", { ref: line }, "line"));
}

/** The list's scrollTop, which was 50, after a line at these places was wanted. */
function scrolledTo(top: number, bottom: number): number {
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockImplementation(function (this: HTMLElement) {
    return (this.className === "sidebar-scroll" ? { top: 100, bottom: 300 } : { top, bottom }) as DOMRect;
  });
  const { rerender } = render(element(Sidebar, { isWanted: false }));
  const list = screen.getByTestId("list");
  list.scrollTop = 50;
  rerender(element(Sidebar, { isWanted: true }));
  return list.scrollTop;
}

it.each([
  ["stays where the line is seen", 120, 150, 50],
  ["goes down to a line below", 310, 340, 90],
  ["goes up to a line above", 80, 110, 30],
])("%s", (_what, top, bottom, expected) => {
  expect(scrolledTo(top, bottom)).toBe(expected);
});
