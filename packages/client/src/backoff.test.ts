import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { reconnectAfterMs, rejoinAfterMs } from "./backoff.ts";
import { RetryTimer } from "./retry-timer.ts";

describe.each([
  ["reconnectAfterMs", reconnectAfterMs, [10, 50, 100, 150, 200, 250, 500, 1000, 2000, 5000]],
  ["rejoinAfterMs", rejoinAfterMs, [1000, 2000, 5000, 10_000]],
] as const)("%s", (_name, afterMs, steps) => {
  it("is a step of phoenix.js and up to a second more, for any number of tries", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (tries) => {
        const step = steps[Math.min(tries, steps.length) - 1] ?? 0;
        const pause = afterMs(tries);
        return pause >= step && pause < step + 1000;
      }),
    );
  });

  it("is spread evenly over that second", () => {
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let n = 0; n < 10_000; n++) tenths[Math.floor((afterMs(1) - steps[0]) / 100)]!++;
    for (const count of tenths) expect(count).toBeGreaterThan(700);
  });
});

describe("a retry timer", () => {
  it("waits longer with each try, once at a time, and begins anew after a reset", () => {
    vi.useFakeTimers();
    const calls: number[] = [];
    const timer = new RetryTimer(
      () => calls.push(Date.now() - start),
      (tries) => tries * 100,
    );
    const start = Date.now();
    timer.schedule();
    vi.advanceTimersByTime(50);
    timer.schedule();
    vi.advanceTimersByTime(100);
    timer.schedule();
    vi.advanceTimersByTime(200);
    timer.schedule();
    timer.reset();
    vi.advanceTimersByTime(1000);
    timer.schedule();
    vi.advanceTimersByTime(100);
    expect(calls).toEqual([150, 350, 1450]);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});
