import { expect, it } from "vitest";
import { MessageRate } from "./rate.ts";

it("lets two seconds' worth pass at once, then what the rate earns", () => {
  const rate = new MessageRate(10);
  expect([rate.take(15, 0), rate.take(5, 0)]).toEqual([0, 0]);
  expect([rate.take(1, 0), rate.take(10, 0), rate.take(10, 500)]).toEqual([100, 1_000, 500]);
  expect([rate.take(10, 1_000), rate.take(1, 1_099), rate.take(1, 1_100)]).toEqual([0, 1, 0]);
});

it("takes more than it can hold when nothing else was taken, and waits the longer for it", () => {
  const rate = new MessageRate(1);
  expect([rate.take(10, 0), rate.take(1, 0), rate.take(1, 9_000)]).toEqual([0, 9_000, 0]);
});

it("saves up no more than that", () => {
  const rate = new MessageRate(1);
  expect([rate.take(2, 60_000), rate.take(1, 60_000)]).toEqual([0, 1_000]);
});

it("may be unlimited", () => {
  const rate = new MessageRate(Infinity);
  for (let n = 0; n < 1_000; n++) expect(rate.take(1_000, 0)).toBe(0);
});
