import { expect, it } from "vitest";
import { ago, bytes, duration, percent, plural, rate, short, span } from "./format.ts";

it("rates say that something is there, however little", () => {
  expect([0, 0.01, 0.34, 9.96, 1_240.4, 184_000].map(rate)).toEqual(["0", "<0.1", "0.3", "10.0", "1,240", "184K"]);
});

it("bytes and durations change their unit", () => {
  expect([0, 999, 1_500, 48_000, 2_500_000, 84_000_000, 3e9].map(bytes)).toEqual([
    "0 B",
    "999 B",
    "1.5 kB",
    "48 kB",
    "2.5 MB",
    "84 MB",
    "3.0 GB",
  ]);
  expect([0.04, 3.21, 327.4, 2_340, 61_000].map(duration)).toEqual(["0.04 ms", "3.2 ms", "327 ms", "2.3 s", "1 min"]);
});

it("spans have two units at most", () => {
  expect([8_000, 720_000, 6_540_000, 263_000_000].map(span)).toEqual(["8 s", "12 min", "1 h 49 m", "3 d 1 h"]);
  expect([ago(1_000, 1_400), ago(1_000, 9_000), ago(5_000, 1_000)]).toEqual(["now", "8 s ago", "now"]);
});

it("the rest", () => {
  expect([percent(0.012), percent(0.9), short(99_999), plural(1, "key"), plural(2, "key")]).toEqual([
    "1.2 %",
    "90 %",
    "99,999",
    "1 key",
    "2 keys",
  ]);
});
