import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gaps, LATE, MAX_JUMP, TOO_FAR } from "./gaps.ts";

const results = (gaps: Gaps, sequences: readonly number[]): number[] =>
  sequences.map((sequence) => gaps.check("a", 0, sequence));

describe("gaps", () => {
  it("are what a count jumps over; the first one from a sender is none", () => {
    expect(results(new Gaps(), [7, 8, 11, 12])).toEqual([0, 0, 2, 0]);
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
    expect(results(new Gaps(), [5, 5, 4, 6])).toEqual([0, LATE, LATE, 0]);
    expect(results(new Gaps(), [1, 2, 3, 1, 2, 3, 4])).toEqual([0, 0, 0, LATE, LATE, LATE, 0]);
  });

  it("are forgotten with the oldest of very many senders", () => {
    const gaps = new Gaps();
    for (let sender = 0; sender <= 10_000; sender++) gaps.check(`sender ${sender}`, 0, 1);
    expect(gaps.check("sender 1", 0, 3)).toBe(1);
    expect(gaps.check("sender 0", 0, 3)).toBe(0);
  });
});

describe("a forged count", () => {
  it.each([2 ** 47, 2 ** 48 - 1, MAX_JUMP + 6])("of %d is not believed, and costs the sender nothing", (forged) => {
    expect(results(new Gaps(), [4, 5, forged, 6, forged, 7, 8])).toEqual([0, 0, TOO_FAR, 0, LATE, 0, 0]);
  });

  it.each([7, 100, MAX_JUMP])("of %d is a gap, and the sender goes on where it was", (forged) => {
    expect(results(new Gaps(), [4, 5, forged, 6, 7]).map((missing) => missing >= 0)).not.toContain(false);
  });

  it("as the first one ever does not silence the sender", () => {
    expect(results(new Gaps(), [2 ** 47, 1, 2, 3])).toEqual([0, LATE, 0, 0]);
  });

  it("may come as often as it likes: of two messages in a row of the sender one is delivered", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.nat(2 ** 48 - 1), { maxLength: 6 }), { minLength: 1, maxLength: 8 }),
        (forged) => {
          const gaps = new Gaps();
          let sequence = 100;
          gaps.check("a", 0, sequence);
          for (const between of forged) {
            for (const count of between) if (count > 150 || count < 100) gaps.check("a", 0, count);
            const delivered = [++sequence, ++sequence].map((count) => gaps.check("a", 0, count));
            expect(Math.max(...delivered)).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  it("that is not forged, after a very long outage, is believed with the second one", () => {
    const far = MAX_JUMP * 3;
    expect(results(new Gaps(), [1, far, far + 1, far + 2])).toEqual([0, TOO_FAR, far - 1, 0]);
  });

  it("cannot be when counts are trusted: every jump is believed, and what is late stays late", () => {
    expect(results(new Gaps(true), [1, 2 ** 40, 2, 3, 2 ** 40, 2 ** 40 + 1])).toEqual([
      0,
      2 ** 40 - 2,
      LATE,
      LATE,
      LATE,
      0,
    ]);
  });
});
