// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ToastProvider, useToast } from "./toasts.tsx";
import type { ShowToast } from "./toasts.tsx";

let show: ShowToast;
function Page() {
  show = useToast();
  return null;
}

beforeEach(() => {
  vi.useFakeTimers();
  render(createElement(ToastProvider, null, createElement(Page)));
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const texts = () => screen.queryAllByTestId("toast").map((toast) => toast.textContent);
const later = (ms: number) => act(() => vi.advanceTimersByTime(ms));

it("goes by itself, bad news later", () => {
  act(() => {
    show("Saved.");
    show("Refused.", { kind: "error" });
  });
  expect(texts()).toEqual(["Saved.", "Refused."]);
  expect(screen.getByRole("alert").textContent).toBe("Refused.");
  later(6_000);
  expect(texts()).toEqual(["Refused."]);
  later(4_000);
  expect(texts()).toEqual([]);
});

it("stays while somebody is at it", () => {
  act(() => show("Saved."));
  fireEvent.focus(screen.getByLabelText("Close this message"));
  later(20_000);
  expect(texts()).toEqual(["Saved."]);
  fireEvent.click(screen.getByLabelText("Close this message"));
  expect(texts()).toEqual([]);
});

it("says a thing once, and three things at most", () => {
  act(() => {
    for (const text of ["a", "b", "b", "c", "d"]) show(text);
  });
  expect(texts()).toEqual(["b", "c", "d"]);
});

it("offers something to do about it", () => {
  const run = vi.fn<() => void>();
  act(() => show("Left #general.", { action: { label: "Undo", run } }));
  fireEvent.click(screen.getByText("Undo"));
  expect(run).toHaveBeenCalledOnce();
  expect(texts()).toEqual([]);
});
