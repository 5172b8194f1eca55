// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TooltipProvider } from "../parts/tooltip.tsx";
import { WorkspaceContext } from "../workspace/context.ts";
import type { Workspace } from "../workspace/context.ts";
import { me } from "../workspace/workspace-fixtures.ts";
import { ComposerForm } from "./composer-form.tsx";
import { EditForm } from "./edit-form.tsx";
import { RoomContext, RowContext } from "./room-context.ts";
import type { RoomContextValue, RowContextValue } from "./room-context.ts";
import { joinedWith, message } from "./room-fixtures.ts";

const { room } = joinedWith([]);
const send = vi.fn<RoomContextValue["actions"]["send"]>();
const edit = vi.fn<RoomContextValue["actions"]["edit"]>(() => Promise.resolve(true));
const typing = { values: new Map(), set: () => {}, clear: () => {} };
const actions = { send, edit } as unknown as RoomContextValue["actions"];

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  sessionStorage.clear();
});
afterEach(() => {
  cleanup();
  send.mockReset();
  edit.mockReset();
});

function show(form: ReturnType<typeof createElement>) {
  const workspace = { me, rooms: [] } as Partial<Workspace> as Workspace;
  const open = {
    state: { members: [], room },
    store: {},
    actions,
    typing,
    isJoined: true,
  } as unknown as RoomContextValue;
  const row = { actions, edit: () => {} } as Partial<RowContextValue> as RowContextValue;
  const inRoom = createElement(RoomContext, { value: open }, createElement(RowContext, { value: row }, form));
  render(createElement(TooltipProvider, null, createElement(WorkspaceContext, { value: workspace }, inRoom)));
}

function compose() {
  show(createElement(ComposerForm, { ref: null, room, replyTo: null, onReplyEnd: () => {}, onEditLast: () => {} }));
  return screen.getByTestId<HTMLTextAreaElement>("composer");
}

const type = (area: HTMLElement, value: string) => fireEvent.change(area, { target: { value } });
const length = () => screen.queryByTestId("length")?.textContent;

it("tells how much can still be written, near the end", () => {
  const composer = compose();
  type(composer, "x".repeat(3799));
  expect(length()).toBeUndefined();
  type(composer, "x".repeat(3801));
  expect(length()).toBe("199 characters left");
  // Spaces around it are not sent.
  type(composer, `${"x".repeat(3999)}   `);
  expect(length()).toBe("1 character left");
});

it("does not send what is too long, says so and keeps the draft", () => {
  const composer = compose();
  type(composer, "x".repeat(5500));
  expect(length()).toBe("1,500 characters too many: shorten it, or send it in parts");
  fireEvent.keyDown(composer, { key: "Enter" });
  expect(screen.getByTestId<HTMLButtonElement>("send").disabled).toBe(true);
  expect(send).not.toHaveBeenCalled();
  expect(composer.value).toHaveLength(5500);

  type(composer, "x".repeat(4000));
  fireEvent.keyDown(composer, { key: "Enter" });
  expect(send).toHaveBeenCalledOnce();
  expect(composer.value).toBe("");
});

it("goes on without the draft when there is more than a browser keeps", () => {
  const composer = compose();
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  type(composer, "x".repeat(5000));
  expect(composer.value).toHaveLength(5000);
  vi.restoreAllMocks();
});

it("does not save an edited message that is too long", () => {
  show(createElement(EditForm, { message: message(1) }));
  const area = screen.getByTestId("edit-1001");
  type(area, "x".repeat(4001));
  fireEvent.keyDown(area, { key: "Enter" });
  expect(length()).toMatch("1 character too many");
  expect(edit).not.toHaveBeenCalled();
  type(area, "shorter");
  fireEvent.keyDown(area, { key: "Enter" });
  expect(edit).toHaveBeenCalledWith(1001, "shorter");
});
