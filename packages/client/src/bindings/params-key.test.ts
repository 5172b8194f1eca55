import { describe, expect, it } from "vitest";
import { paramsKey } from "./params-key.ts";

describe("paramsKey", () => {
  it("is the same for objects of the same content, whatever the order of their keys", () => {
    expect(paramsKey({ a: 1, b: { c: [2], d: 3 } })).toBe(paramsKey({ b: { d: 3, c: [2] }, a: 1 }));
    expect(paramsKey({ a: 1, gone: undefined })).toBe(paramsKey({ a: 1 }));
  });

  it("tells other content apart", () => {
    const keys = [{}, { a: 1 }, { a: "1" }, { a: [1, 2] }, { a: [2, 1] }, { a: { 0: 1 } }, () => ({})].map(paramsKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("is one for all functions, and none without params", () => {
    expect(paramsKey(() => 1)).toBe(paramsKey(() => 2));
    expect(paramsKey(undefined)).toBeUndefined();
  });
});
