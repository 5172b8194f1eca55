import { describe, expect, it } from "vitest";
import { encodeQuery } from "../testing/query.ts";
import { parseQuery, takeExtensions } from "./query.ts";

/** `toEqual` does not mind that the parsed objects have no prototype. */
describe("a query", () => {
  it.each([
    ["", {}],
    ["&&", {}],
    ["a=1&b=2", { a: "1", b: "2" }],
    ["a", { a: "" }],
    ["a=", { a: "" }],
    ["=1", { "": "1" }],
    ["a=1&a=2", { a: "2" }],
    ["a=b=c", { a: "b=c" }],
    ["a+b=c+d", { "a b": "c d" }],
    ["a=%2B%20%26%3D", { a: "+ &=" }],
    ["%C3%BC=%F0%9F%A6%8B", { ü: "🦋" }],
    ["a=100%", { a: "100%" }],
    ["a=%zz%4", { a: "%zz%4" }],
    ["a=%EF%BF%BD", { a: "�" }],
    ["a[b]=1&a[c]=2", { a: { b: "1", c: "2" } }],
    ["a[b][c]=1", { a: { b: { c: "1" } } }],
    ["l[]=1&l[]=2", { l: ["1", "2"] }],
    ["a%5Bb%5D=1", { a: { b: "1" } }],
    ["a[b=1", { "a[b": "1" }],
    ["[a]=1", { "[a]": "1" }],
    ["a=1&a[b]=2", { a: { b: "2" } }],
    ["a[b]=1&a=2", { a: "2" }],
    ["a[]=1&a[b]=2", { a: { b: "2" } }],
  ])("%s", (query, params) => {
    expect(parseQuery(query)).toEqual(params);
  });

  it.each(["a=%FF", "%C3=1", "a=ok&b=%ED%A0%80"])("%s is no UTF-8", (query) => {
    expect(parseQuery(query)).toBeUndefined();
  });

  it("cannot reach the prototype of objects", () => {
    const params = parseQuery("__proto__[polluted]=1&constructor[prototype][polluted]=1&a[__proto__][polluted]=1");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(Object.getPrototypeOf(params)).toBeNull();
    expect(Object.keys(params ?? {})).toEqual(["__proto__", "constructor", "a"]);
  });

  it("takes brackets deeper than 16 for a part of the name", () => {
    const name = (depth: number): string => `a${"[b]".repeat(depth)}`;
    expect(Object.keys(parseQuery(`${name(16)}=1`) ?? {})).toEqual(["a"]);
    expect(parseQuery(`${name(17)}=1`)).toEqual({ [name(17)]: "1" });
  });

  it("reads what the test kit writes", () => {
    const params = { a: { b: { c: "1 & 2" }, d: "ü" }, l: ["x", "y"], n: "" };
    expect(parseQuery(encodeQuery(params))).toEqual(params);
  });
});

describe("wingbeat=1 in a query", () => {
  it("is taken out of what the application sees", () => {
    const params = parseQuery("a=1&vsn=2.0.0&wingbeat=1") ?? {};
    expect(takeExtensions(params)).toBe(true);
    expect(params).toEqual({ a: "1", vsn: "2.0.0" });
  });

  it.each(["a=1", "wingbeat=2", "wingbeat", "wingbeat[]=1", "wingbeat[a]=1", "Wingbeat=1"])(
    "asks for nothing as %s, which stays the application's",
    (query) => {
      const params = parseQuery(query) ?? {};
      expect(takeExtensions(params)).toBe(false);
      expect(params).toEqual(parseQuery(query));
    },
  );
});
