import { describe, expect, it } from "vitest";
import { Gaps } from "./gaps.ts";

describe("gaps", () => {
  it("are what a count jumps over; the first one from a sender is none", () => {
    const gaps = new Gaps();
    expect([7, 8, 11, 12].map((sequence) => gaps.check("a", 0, sequence))).toEqual([0, 0, 2, 0]);
  });

  it("are found for each sender and stream alone", () => {
    const gaps = new Gaps();
    expect(gaps.check("a", 0, 1)).toBe(0);
    expect(gaps.check("b", 0, 5)).toBe(0);
    expect(gaps.check("a", 1, 9)).toBe(0);
    expect(gaps.check("a", 0, 3)).toBe(1);
    expect(gaps.check("b", 0, 6)).toBe(0);
    expect(gaps.check("a", 1, 11)).toBe(1);
  });

  it("do not shrink: what comes again, or late, is refused", () => {
    const gaps = new Gaps();
    gaps.check("a", 0, 5);
    expect([5, 4, 6].map((sequence) => gaps.check("a", 0, sequence))).toEqual([-1, -1, 0]);
  });

  it("are forgotten with the oldest of very many senders", () => {
    const gaps = new Gaps();
    for (let sender = 0; sender <= 10_000; sender++) gaps.check(`sender ${sender}`, 0, 1);
    expect(gaps.check("sender 1", 0, 3)).toBe(1);
    expect(gaps.check("sender 0", 0, 3)).toBe(0);
  });
});
