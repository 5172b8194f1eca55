import { expect, it } from "vitest";
import { linesOf } from "./chart-path.ts";

it("is as high as its highest value, and flat without one", () => {
  expect(linesOf([0, 5, 10], 10, 12)).toEqual([
    { line: "M0.5 11L1.5 6L2.5 1", area: "M0.5 11L1.5 6L2.5 1L2.5 12L0.5 12Z" },
  ]);
  expect(linesOf([0, 0], 0, 12)[0]?.line).toBe("M0.5 11L1.5 11");
});

it("bridges what is missing for a moment, and leaves a gap where more is", () => {
  expect(linesOf([1, null, null, null, 1, null, null, null, null, 1], 1, 12).map(({ line }) => line)).toEqual([
    "M0.5 1L4.5 1",
    "M9.5 1h0.01",
  ]);
  expect(linesOf([null, null], 0, 12)).toEqual([]);
});
