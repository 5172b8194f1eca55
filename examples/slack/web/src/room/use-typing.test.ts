// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useTyping } from "./use-typing.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const tell = vi.fn<() => void>();
afterEach(() => tell.mockReset());

it("tells now and then, not with every key", () => {
  const { result } = renderHook(() => useTyping(tell, true));
  for (let key = 0; key < 10; key++) {
    result.current.typed();
    vi.advanceTimersByTime(500);
  }
  expect(tell).toHaveBeenCalledTimes(2);
});

it("tells again at once after a message was sent", () => {
  const { result } = renderHook(() => useTyping(tell, true));
  result.current.typed();
  result.current.ended();
  result.current.typed();
  expect(tell).toHaveBeenCalledTimes(2);
});

it("tells nothing without a connection, and at once when it is there", () => {
  const { result, rerender } = renderHook(({ isJoined }) => useTyping(tell, isJoined), {
    initialProps: { isJoined: false },
  });
  result.current.typed();
  expect(tell).not.toHaveBeenCalled();
  rerender({ isJoined: true });
  result.current.typed();
  expect(tell).toHaveBeenCalledOnce();
});
