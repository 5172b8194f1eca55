// @vitest-environment happy-dom
import { cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { joinedWith, message, messages } from "./room-fixtures.ts";
import { emptyRoom, roomReducer } from "./room-state.ts";
import type { RoomState } from "./room-state.ts";
import { useReadPosition } from "./use-read-position.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

interface Shown {
  readonly state: RoomState;
  readonly roomId?: number;
  readonly active?: boolean;
}

const opened = (count: number) => roomReducer(emptyRoom(1), { type: "joined", reply: joinedWith(messages(1, count)) });
const withMessage = (state: RoomState, seq: number) => roomReducer(state, { type: "received", message: message(seq) });

/** Shows a room; `reports` are the positions that the server was told, with the room's id. */
function show(first: Shown, answer = () => Promise.resolve()) {
  const reports: [number, number][] = [];
  const markRead = (roomId: number, seq: number) => {
    reports.push([roomId, seq]);
    return answer();
  };
  const { rerender, unmount } = renderHook(
    ({ state, roomId = 7, active = true }: Shown) =>
      useReadPosition(state, { roomId, active, isJoined: true, markRead }),
    { initialProps: first },
  );
  return { reports, rerender, unmount };
}

it("tells once what was seen in a while, and does not wait for a pause", () => {
  let state = opened(3);
  const { reports, rerender } = show({ state });
  for (let seq = 4; seq <= 8; seq++) {
    vi.advanceTimersByTime(100);
    rerender({ state: (state = withMessage(state, seq)) });
  }
  expect(reports).toEqual([[7, 5]]);
  vi.advanceTimersByTime(300);
  expect(reports).toEqual([
    [7, 5],
    [7, 8],
  ]);
});

it("tells at once when the room is left", () => {
  const { reports, unmount } = show({ state: opened(3) });
  unmount();
  expect(reports).toEqual([[7, 3]]);
});

it("tells of the room that is left when another one is shown", () => {
  const { reports, rerender } = show({ state: opened(3) });
  rerender({ state: opened(9), roomId: 8 });
  expect(reports).toEqual([[7, 3]]);
  vi.advanceTimersByTime(300);
  expect(reports).toEqual([
    [7, 3],
    [8, 9],
  ]);
});

it("tells at once when the page goes away, and when the user looks away", () => {
  const { reports, rerender } = show({ state: opened(3) });
  window.dispatchEvent(new Event("pagehide"));
  expect(reports).toEqual([[7, 3]]);
  rerender({ state: opened(4) });
  rerender({ state: opened(4), active: false });
  expect(reports).toEqual([
    [7, 3],
    [7, 4],
  ]);
});

it("tells nothing that was not seen", () => {
  const scrolledUp = { ...opened(3), following: false };
  const { reports, rerender, unmount } = show({ state: scrolledUp });
  rerender({ state: opened(3), active: false });
  vi.advanceTimersByTime(1_000);
  unmount();
  expect(reports).toEqual([]);
});

it("tells again what did not arrive", async () => {
  const state = opened(3);
  const { reports, rerender } = show({ state }, () => Promise.reject(new Error("no connection")));
  await vi.advanceTimersByTimeAsync(300);
  rerender({ state: { ...state, following: false } });
  expect(reports).toEqual([[7, 3]]);
  rerender({ state });
  await vi.advanceTimersByTimeAsync(300);
  expect(reports).toEqual([
    [7, 3],
    [7, 3],
  ]);
});
