import { expect, it } from "vitest";
import { METRICS, buckets, withSample } from "./samples.ts";
import type { Metric, Sample } from "./samples.ts";

const sample = (at: number, p99: number | null): Sample => ({
  at,
  values: { ...(Object.fromEntries(METRICS.map((name) => [name, 0])) as Record<Metric, number>), p99 },
});

it("each part has its highest value", () => {
  const samples = [sample(0, 1), sample(10, 5), sample(19, 2), sample(25, null), sample(39, 7), sample(40, 9)];
  expect(buckets(samples, "p99", { from: 0, to: 40, parts: 4 })).toEqual([1, 5, null, 9]);
});

it("values from outside of the time are left out", () => {
  expect(buckets([sample(-1, 3), sample(41, 3)], "p99", { from: 0, to: 40, parts: 2 })).toEqual([null, null]);
});

it("an hour is kept, and time goes forward", () => {
  let samples: readonly Sample[] = [];
  for (let at = 1; at <= 4_000; at++) samples = withSample(samples, sample(at, 0));
  expect([samples.length, samples[0]?.at, samples.at(-1)?.at]).toEqual([3_600, 401, 4_000]);
  expect(withSample(samples, sample(4_000, 1))).toBe(samples);
});
