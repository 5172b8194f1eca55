/** Counting in bounded memory, beside figures that are counted in full. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Beat, Count, Counter } from "./beat.ts";
import { First } from "./first.ts";
import { Histogram, merged } from "./histogram.ts";
import { HotTopics } from "./hot-topics.ts";

describe("a histogram", () => {
  it("is at most 13 % wrong", () => {
    const times = fc.array(fc.double({ min: 0.001, max: 1_000_000, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.9, 0.99, 1), (durations, share) => {
        const histogram = new Histogram();
        for (const duration of durations) histogram.add(duration);
        const sorted = durations.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(sorted.length * share)) - 1]!;
        // Below 4 µs, a bucket is as wide as its lower end.
        expect(Math.abs(histogram.quantile(share)! - exact)).toBeLessThanOrEqual(Math.max(exact * 0.13, 0.003));
      }),
    );
  });

  it("is the same, merged of parts", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }))), (parts) => {
        const whole = new Histogram();
        const sparse = parts.map((part) => {
          const histogram = new Histogram();
          for (const duration of part) {
            histogram.add(duration);
            whole.add(duration);
          }
          return histogram.sparse;
        });
        expect(merged(sparse).sparse).toEqual(whole.sparse);
      }),
    );
  });

  it("says nothing of nothing, and ignores what is none", () => {
    expect(new Histogram().quantile(0.5)).toBeNull();
    expect(merged([[-1, 5, 128, 5, 1.5, 5, 3, -1, 3, Number.NaN, 7]]).sparse).toEqual([]);
  });
});

describe("a rate", () => {
  it("is of the last ten seconds", () => {
    const beat = new Beat(0);
    const counter = new Counter();
    for (let second = 1; second <= 30; second++) {
      counter.add(second <= 20 ? 100 : 10);
      beat.tick(second * 1_000);
      counter.mark(beat);
      if (second === 5 || second === 20) expect(counter.rate(beat, second * 1_000)).toBeCloseTo(100);
    }
    expect(counter.rate(beat, 30_000)).toBeCloseTo(10);
    expect(counter.isQuiet(beat)).toBe(false);
    for (let second = 31; second <= 41; second++) {
      beat.tick(second * 1_000);
      counter.mark(beat);
    }
    expect(counter.isQuiet(beat)).toBe(true);
  });
});

it("a count is of the last half hour to hour", () => {
  const count = new Count();
  count.add(5);
  count.age();
  count.add();
  expect(count.value).toBe(6);
  count.age();
  expect(count.value).toBe(1);
  count.age();
  expect(count.value).toBe(0);
});

it("the first of many are those that sorting gives", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (numbers, limit) => {
      const first = new First<number>(limit, (a, b) => b - a);
      for (const number of numbers) first.add(number);
      expect(first.list).toEqual(numbers.toSorted((a, b) => b - a).slice(0, limit));
    }),
  );
});

describe("hot topics", () => {
  it("are found among very many", () => {
    const hot = new HotTopics(0);
    for (let n = 0; n < 50_000; n++) {
      hot.add(`cold:${n}`);
      if (n % 10 === 0) hot.add("hot");
    }
    expect(hot.rate("hot", 10_000)).toBe(500);
    expect([...hot.names()].length).toBeLessThanOrEqual(2_000);
  });

  it("have a rate over the last ten seconds", () => {
    const hot = new HotTopics(0);
    for (let n = 0; n < 100; n++) hot.add("a");
    expect(hot.rate("a", 10_000)).toBe(10);
    hot.turn(10_000);
    expect(hot.rate("a", 10_000)).toBe(10);
    expect(hot.rate("a", 15_000)).toBe(5);
    expect(hot.rate("a", 20_000)).toBe(0);
    expect(hot.rate("b", 15_000)).toBe(0);
  });
});
