// @vitest-environment happy-dom
import { act, cleanup, render } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NewsLine } from "./news-line.tsx";
import { alice, joinedWith, message, messages } from "./room-fixtures.ts";
import { emptyRoom, roomReducer } from "./room-state.ts";
import type { RoomState } from "./room-state.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

let state: RoomState;
let screen: ReturnType<typeof render>;
const said = () => screen.container.textContent;
const draw = () => createElement(NewsLine, { state });
function receive(...coming: readonly ReturnType<typeof message>[]): void {
  for (const one of coming) state = roomReducer(state, { type: "received", message: one });
  screen.rerender(draw());
}

beforeEach(() => {
  state = roomReducer(emptyRoom(alice.id), { type: "joined", reply: joinedWith(messages(1, 3)) });
  screen = render(draw());
});

it("says who has written, and nothing of what was there already", () => {
  expect(said()).toBe("");
  receive(message(4));
  expect(said()).toBe("New message from Bob Tanaka");
});

it("says what comes in quick succession in one sentence", () => {
  receive(message(4));
  receive(message(5));
  receive(message(6));
  expect(said()).toBe("New message from Bob Tanaka");
  act(() => void vi.advanceTimersByTime(5_000));
  expect(said()).toBe("2 new messages");
});

it("says nothing of the user's own messages, and of what the room itself says", () => {
  receive(message(4, { user: alice }), message(5, { kind: "system" }));
  expect(said()).toBe("");
});

it("says nothing of older messages that are loaded", () => {
  const page = { messages: messages(1, 2), hasOlder: false, hasNewer: true };
  state = roomReducer(state, { type: "page", request: { kind: "around", seq: 2 }, page });
  screen.rerender(draw());
  expect(said()).toBe("");
});
