import { describe, expect, it } from "vitest";
import { isSameRef } from "./same-ref.ts";

describe("refs", () => {
  it.each<[unknown, unknown]>([
    ["1", "1"],
    [1, 1],
    [null, null],
    [[], []],
    [{}, {}],
    [
      [1, "a", [null]],
      [1, "a", [null]],
    ],
    [
      { a: 1, b: { c: [2] } },
      { b: { c: [2] }, a: 1 },
    ],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
  ])("%j and %j are the same", (one, other) => {
    expect(isSameRef(one, other)).toBe(true);
  });

  it.each<[unknown, unknown]>([
    ["1", 1],
    [null, ""],
    [[], {}],
    [[1], [2]],
    [[1], [1, 1]],
    [{ a: 1 }, { b: 1 }],
    [{ a: 1 }, { a: "1" }],
    [{ a: undefined }, { b: undefined }],
    [{ toString: 1 }, {}],
    [JSON.parse('{"__proto__":1}'), { a: 1 }],
    [{}, null],
  ])("%j and %j are not", (one, other) => {
    expect(isSameRef(one, other)).toBe(false);
    expect(isSameRef(other, one)).toBe(false);
  });
});
