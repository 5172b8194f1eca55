// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement as element } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useOver } from "./use-over.ts";

function Row() {
  const { over, isOver, setMenuOpen } = useOver();
  const button = (name: string, onClick?: () => void) => element("button", { key: name, onClick }, name);
  return element("div", null, [
    element("article", { key: "row", "data-testid": "row", tabIndex: -1, ...over }, [
      button("link"),
      isOver && button("toolbar"),
    ]),
    button("open", () => setMenuOpen(true)),
    button("close", () => setMenuOpen(false)),
  ]);
}

beforeEach(() => {
  vi.useFakeTimers();
  render(element(Row));
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const hasToolbar = () => screen.queryByText("toolbar") !== null;
const focus = (name: string) => act(() => screen.getByText(name).focus());
const wait = () => act(() => void vi.advanceTimersByTime(1_000));

it("shows the toolbar to a pointer, and to a focus on the message itself", () => {
  expect(hasToolbar()).toBe(false);
  fireEvent.pointerEnter(screen.getByTestId("row"));
  expect(hasToolbar()).toBe(true);
  fireEvent.pointerLeave(screen.getByTestId("row"));
  focus("link");
  expect(hasToolbar()).toBe(false);
  act(() => screen.getByTestId("row").focus());
  focus("toolbar");
  expect(hasToolbar()).toBe(true);
  focus("open");
  expect(hasToolbar()).toBe(false);
});

it("keeps it while something of it is open, and for the focus that comes back from there", () => {
  act(() => screen.getByTestId("row").focus());
  fireEvent.click(screen.getByText("open"));
  focus("close");
  wait();
  expect(hasToolbar()).toBe(true);
  fireEvent.keyDown(document.body, { key: "Enter" });
  fireEvent.click(screen.getByText("close"));
  focus("toolbar");
  wait();
  expect(hasToolbar()).toBe(true);
  focus("open");
  expect(hasToolbar()).toBe(false);
});

it("takes it away when no focus comes back, or only that of a pointer", () => {
  fireEvent.click(screen.getByText("open"));
  fireEvent.click(screen.getByText("close"));
  wait();
  expect(hasToolbar()).toBe(false);
  fireEvent.click(screen.getByText("open"));
  fireEvent.keyDown(document.body, { key: "a" });
  fireEvent.pointerDown(document.body);
  fireEvent.click(screen.getByText("close"));
  focus("toolbar");
  wait();
  expect(hasToolbar()).toBe(false);
});

it("takes it away when the pointer has left with the menu", () => {
  fireEvent.pointerEnter(screen.getByTestId("row"));
  fireEvent.click(screen.getByText("open"));
  fireEvent.click(screen.getByText("close"));
  wait();
  expect(hasToolbar()).toBe(false);
});
