import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Lease } from "./lease.ts";
import { Recent } from "./recent.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a lease", () => {
  function made(): { lease: Lease; said: string[] } {
    const said: string[] = [];
    return { lease: new Lease(30_000, { begin: () => said.push("begin"), end: () => said.push("end") }), said };
  }

  it("ends half a minute after it was extended last, and begins again", () => {
    const { lease, said } = made();
    lease.extend();
    vi.advanceTimersByTime(20_000);
    lease.extend();
    vi.advanceTimersByTime(29_999);
    expect(said).toEqual(["begin"]);
    vi.advanceTimersByTime(2);
    expect(said).toEqual(["begin", "end"]);
    lease.extend();
    lease.stop();
    lease.stop();
    expect(said).toEqual(["begin", "end", "begin", "end"]);
  });
});

describe("what was made a moment ago", () => {
  it("is given again for so long, a promise from when it is settled", async () => {
    const recent = new Recent<unknown>(900);
    expect(recent.get("a", () => 1)).toBe(1);
    vi.advanceTimersByTime(899);
    expect(recent.get("a", () => 2)).toBe(1);
    vi.advanceTimersByTime(2);
    expect(recent.get("a", () => 3)).toBe(3);
    const { promise, resolve } = pending();
    expect(recent.get("p", () => promise)).toBe(promise);
    vi.advanceTimersByTime(5_000);
    expect(recent.get("p", () => 4)).toBe(promise);
    resolve(undefined);
    await promise;
    await Promise.resolve();
    vi.advanceTimersByTime(899);
    expect(recent.get("p", () => 5)).toBe(promise);
    vi.advanceTimersByTime(2);
    expect(recent.get("p", () => 6)).toBe(6);
  });

  it("is of 64 questions", () => {
    const recent = new Recent<number>(900);
    for (let n = 0; n < 100; n++) recent.get(`${n}`, () => n);
    expect(recent.get("63", () => -1)).toBe(63);
    expect(recent.get("64", () => -1)).toBe(-1);
  });
});

function pending(): { promise: Promise<unknown>; resolve: (value: unknown) => void } {
  let resolve: (value: unknown) => void = () => {};
  return { promise: new Promise((done) => (resolve = done)), resolve };
}
