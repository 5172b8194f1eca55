import { describe, expect, it } from "vitest";
import { checkCount, checkDuration, checkLimit, checkRate, checkTimeout, withDefaults } from "./options.ts";

const checks = { checkCount, checkLimit, checkRate, checkDuration, checkTimeout };

describe.each(Object.entries(checks))("%s", (_name, check) => {
  it.each([0, -1, Number.NaN, -Infinity, "5", null, {}, []])("refuses %o", (value) => {
    expect(() => check("x: limit", value)).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });

  it.each([undefined, 1, 2 ** 31 - 1])("takes %o", (value) => {
    expect(() => check("x: limit", value)).not.toThrow();
  });
});

it("a number that would overflow below is refused; a rate may be any", () => {
  for (const check of [checkCount, checkLimit, checkDuration, checkTimeout]) {
    expect(() => check("x: limit", 2 ** 31)).toThrow("at most 2147483647");
  }
  expect(() => checkRate("x: rate", 1e15)).not.toThrow();
});

it("Infinity means no limit, or never, where that makes sense", () => {
  for (const check of [checkLimit, checkRate, checkTimeout]) expect(() => check("x", Infinity)).not.toThrow();
  for (const check of [checkCount, checkDuration]) expect(() => check("x", Infinity)).toThrow("it must be");
});

it("an option that is given as undefined has its default", () => {
  expect(withDefaults({ a: 1, b: 2 }, { a: undefined, b: 3 })).toEqual({ a: 1, b: 3 });
});
