// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement as element, useEffect, useState } from "react";
import { afterEach, expect, it } from "vitest";
import { useFocusBack } from "./use-focus-back.ts";

afterEach(cleanup);

/** Takes the focus when it is opened. */
function Panel() {
  useEffect(() => screen.getByText("in the panel").focus(), []);
  return element("button", null, "in the panel");
}

function Room() {
  const [isOpen, setOpen] = useState(false);
  useFocusBack(isOpen);
  return element("div", null, [
    element("button", { key: "toggle", onClick: () => setOpen(!isOpen) }, "toggle"),
    element("input", { key: "text", "aria-label": "text" }),
    isOpen && element(Panel, { key: "panel" }),
  ]);
}

const focused = () => document.activeElement?.textContent;
function toggle(): void {
  fireEvent.click(screen.getByText("toggle"));
}

it("gives the focus back to what had it before", () => {
  render(element(Room));
  screen.getByText("toggle").focus();
  toggle();
  expect(focused()).toBe("in the panel");
  toggle();
  expect(focused()).toBe("toggle");
});

it("leaves it where the user has gone meanwhile", () => {
  render(element(Room));
  screen.getByText("toggle").focus();
  toggle();
  const text = screen.getByLabelText("text");
  text.focus();
  toggle();
  expect(document.activeElement).toBe(text);
});
