import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Counts, SILENCE, TELL_EVERY } from "./counts.ts";

describe("counts of what senders sent", () => {
  let alarms: number;
  let counts: Counts;
  beforeEach(() => {
    vi.useFakeTimers();
    alarms = 0;
    counts = new Counts(() => alarms++);
  });
  afterEach(() => vi.useRealTimers());

  /** What has become of the alarms since the last call, when none waits any more. */
  const alarmsNow = (): number => {
    vi.advanceTimersByTime(1_000);
    const count = alarms;
    alarms = 0;
    return count;
  };

  it("raise no alarm while each number follows the last one", () => {
    for (const number of [1, 2, 3]) counts.arrived("a", number);
    counts.told("a", 3);
    for (const number of [1, 2]) counts.arrived("b", number);
    counts.left("b", 2);
    counts.arrived("c", 1);
    counts.arrived("c", 1);
    expect(alarmsNow()).toBe(0);
  });

  it("raise one for a jump, and not again for what follows it", () => {
    counts.arrived("a", 1);
    counts.arrived("a", 3);
    expect(alarmsNow()).toBe(1);
    counts.arrived("a", 4);
    expect(alarmsNow()).toBe(0);
  });

  it("raise one for the last message of a sender, when it tells its number", () => {
    counts.arrived("a", 1);
    counts.told("a", 2);
    expect(alarmsNow()).toBe(1);
    counts.told("a", 2);
    expect(alarmsNow()).toBe(0);
    counts.left("a", 3);
    expect(alarmsNow()).toBe(1);
  });

  it("raise one for a sender whose beginning was not heard", () => {
    counts.arrived("a", 2);
    expect(alarmsNow()).toBe(1);
    counts.told("b", 1);
    expect(alarmsNow()).toBe(1);
    counts.told("c", 0);
    expect(alarmsNow()).toBe(0);
  });

  it("raise one for a sender that fell silent, and forget it", () => {
    counts.arrived("a", 1);
    counts.arrived("b", 1);
    vi.advanceTimersByTime(SILENCE - TELL_EVERY);
    counts.told("b", 1);
    vi.advanceTimersByTime(TELL_EVERY + 1);
    counts.check();
    expect(alarmsNow()).toBe(1);
    counts.check();
    expect(alarmsNow()).toBe(0);
    counts.arrived("b", 2);
    expect(alarmsNow()).toBe(0);
  });

  it("cannot be made deaf by a forged number", () => {
    counts.arrived("a", 1);
    counts.arrived("a", 2 ** 47);
    expect(alarmsNow()).toBe(1);
    counts.arrived("a", 2);
    expect(alarmsNow()).toBe(1);
    counts.arrived("a", 4);
    expect(alarmsNow()).toBe(1);
  });

  it("raise at most one alarm a second, and none that is due is lost", () => {
    for (let number = 2; number < 1_000; number += 2) counts.arrived("a", number);
    expect(alarms).toBe(1);
    vi.advanceTimersByTime(999);
    expect(alarms).toBe(1);
    vi.advanceTimersByTime(1);
    expect(alarms).toBe(2);
    vi.advanceTimersByTime(10_000);
    expect(alarms).toBe(2);
  });

  it("remember so many senders; the oldest is forgotten with an alarm, for its last message may be lost", () => {
    for (let number = 0; number < 10_000; number++) counts.told(`sender ${number}`, 0);
    expect(alarmsNow()).toBe(0);
    counts.told("one more", 0);
    expect(alarmsNow()).toBe(1);
    counts.arrived("sender 1", 1);
    expect(alarmsNow()).toBe(0);
  });

  it("are forgotten with the connection", () => {
    counts.arrived("a", 3);
    counts.arrived("a", 5);
    counts.clear();
    expect(alarmsNow()).toBe(1);
    counts.arrived("a", 1);
    expect(alarmsNow()).toBe(0);
  });
});
