import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Storing } from "./storing.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("is done when all that were added until then are settled", () => {
  const storing = new Storing();
  const [first, second] = [storing.add(), storing.add()];
  const done = vi.fn<() => void>();
  storing.whenDone(done);
  storing.add();
  first();
  expect(done).not.toHaveBeenCalled();
  second();
  expect(done).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it("is done at once when they were settled before: an async callback may take longer than its broadcasts", () => {
  const storing = new Storing();
  storing.add()();
  const done = vi.fn<() => void>();
  storing.whenDone(done);
  expect(done).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it("goes on after 5 s without the store", () => {
  const storing = new Storing();
  const settled = storing.add();
  const done = vi.fn<() => void>();
  storing.whenDone(done);
  vi.advanceTimersByTime(5_000);
  expect(done).toHaveBeenCalledOnce();
  settled();
  expect(done).toHaveBeenCalledOnce();
});
