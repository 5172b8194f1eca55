import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cancel, countExpiring, expireAt } from "./expiry.ts";

const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 1);

beforeEach(() => void vi.useFakeTimers({ now: start, toFake: ["Date", "setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** Something that ends, and when it did, in ms since the start. */
function owner() {
  const ends: number[] = [];
  return { ends, expired: () => void ends.push(Date.now() - start) };
}

describe("a login", () => {
  it.each([1, 249, 250, 251, 1_000, 29_999, 25 * DAY, 400 * DAY])("of %i ms ends then, at most 250 ms later", (ms) => {
    const login = owner();
    expireAt(login, start + ms);
    vi.setSystemTime(start + Math.max(0, ms - 1_000));
    vi.advanceTimersByTime(2_000);
    expect(login.ends).toHaveLength(1);
    expect(login.ends[0]).toBeGreaterThanOrEqual(ms);
    expect(login.ends[0]).toBeLessThanOrEqual(ms + 250);
  });

  it("that has ended by the time it is set, as after a slow callback, ends at once", () => {
    const [other, late, first] = [owner(), owner(), owner()];
    expireAt(first, start - 1_000);
    vi.advanceTimersByTime(250);
    expect(first.ends).toEqual([250]);
    expireAt(other, start + 10_000);
    vi.advanceTimersByTime(4_750);
    expireAt(late, start + 1_000);
    vi.advanceTimersByTime(250);
    expect([late.ends, other.ends]).toEqual([[5_250], []]);
    vi.advanceTimersByTime(5_000);
    expect(other.ends).toEqual([10_000]);
  });

  it("without an end needs no sweep, and those that have ended or closed need none any more", () => {
    expireAt(owner(), Infinity);
    expect(vi.getTimerCount()).toBe(0);
    const [ending, closing] = [owner(), owner()];
    expireAt(ending, start + 1_000);
    expireAt(closing, start + 2_000);
    vi.advanceTimersByTime(1_000);
    expect([vi.getTimerCount(), countExpiring()]).toEqual([1, 1]);
    cancel(closing, start + 2_000);
    expect([vi.getTimerCount(), countExpiring()]).toEqual([0, 0]);
  });

  it("that was renewed or closed does not end", () => {
    const [renewed, closed] = [owner(), owner()];
    for (const login of [renewed, closed]) expireAt(login, start + 1_000);
    cancel(closed, start + 1_000);
    cancel(renewed, start + 1_000);
    expireAt(renewed, start + 2_000);
    vi.advanceTimersByTime(3_000);
    expect(closed.ends).toEqual([]);
    expect(renewed.ends).toEqual([2_000]);
  });

  it("ends although another one that ends with it is closed by it", () => {
    const [first, second, third] = [owner(), owner(), owner()];
    const closes = { expired: () => (first.expired(), cancel(second, start + 1_000)) };
    for (const login of [closes, second, third]) expireAt(login, start + 1_000);
    vi.advanceTimersByTime(1_500);
    expect([first.ends, second.ends, third.ends]).toEqual([[1_000], [], [1_000]]);
  });
});

describe("when the clock of the server is set", () => {
  it("forward, all that have ended by then end", () => {
    const logins = [owner(), owner()] as const;
    const [first, second] = logins;
    expireAt(first, start + 10 * DAY);
    expireAt(second, start + 10 * DAY + 500);
    vi.setSystemTime(start + 10 * DAY);
    vi.advanceTimersByTime(250);
    expect(logins.map(({ ends }) => ends.length)).toEqual([1, 0]);
    vi.advanceTimersByTime(500);
    expect(logins.map(({ ends }) => ends.length)).toEqual([1, 1]);
  });

  it("back, they end when it is time by the new clock", () => {
    const login = owner();
    expireAt(login, start + 1_000);
    vi.setSystemTime(start - DAY);
    vi.advanceTimersByTime(5_000);
    expect(login.ends).toEqual([]);
    const later = owner();
    expireAt(later, start - DAY + 6_000);
    vi.advanceTimersByTime(1_250);
    expect(later.ends).toHaveLength(1);
    vi.setSystemTime(start + 999);
    vi.advanceTimersByTime(250);
    expect(login.ends).toHaveLength(1);
  });
});
