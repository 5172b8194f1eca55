import { describe, expect, it } from "vitest";
import { MAX_META_DEPTH } from "../tracker.ts";
import { copyMeta } from "./meta.ts";

const nested = (levels: number): Record<string, unknown> => {
  let meta: Record<string, unknown> = {};
  for (let level = 1; level < levels; level++) meta = level % 2 === 0 ? { a: meta } : { a: [meta] };
  return meta;
};
const depthOf = (data: unknown): number =>
  typeof data === "object" && data !== null ? 1 + Math.max(0, ...Object.values(data).map(depthOf)) : 0;

describe("a meta", () => {
  it("is frozen at every level, and shares nothing with the application's object", () => {
    const meta = { list: [{ n: 1 }], at: new Date(0) };
    const copy = copyMeta(meta, 100);
    meta.list[0]!.n = 2;
    meta.list.push({ n: 3 });
    expect(copy).toEqual({ list: [{ n: 1 }], at: "1970-01-01T00:00:00.000Z" });
    const list = copy["list"] as { n: number }[];
    for (const object of [copy, list, list[0]]) expect(Object.isFrozen(object)).toBe(true);
  });

  it("may have a limited number of levels", () => {
    let deepest: object = {};
    for (let level = 1; level < MAX_META_DEPTH; level++) deepest = { a: deepest };
    expect(depthOf(copyMeta(deepest, 10_000))).toBe(MAX_META_DEPTH);
    for (const meta of [{ a: deepest }, { a: [deepest] }, nested(1_100), nested(100_000)]) {
      expect(() => copyMeta(meta, 10_000_000)).toThrow(expect.objectContaining({ code: "WB_PRESENCE_LIMIT" }));
    }
    expect(() => copyMeta(nested(1_100), 100_000)).toThrow("more than 64 levels of nesting");
  });

  const cycle: Record<string, unknown> = {};
  cycle["self"] = [cycle];
  it.each<[string, unknown]>([
    ["with a cycle", cycle],
    ["with a bigint", { a: [1n] }],
    ["with a toJSON that throws", { a: { toJSON: () => fail() } }],
    [
      "with a getter that throws",
      {
        get a() {
          return fail();
        },
      },
    ],
    ["that is a function", () => {}],
    ["whose toJSON gives nothing", { toJSON: () => undefined }],
    ["whose toJSON gives a list", { toJSON: () => [] }],
    ["that is a proxy that throws", new Proxy({}, { ownKeys: fail })],
    ["with bytes", { a: new Uint8Array(3) }],
    ["with a Buffer", { a: [Buffer.from("abc")] }],
    ["that is nothing", undefined],
  ])("%s is refused", (_what, meta) => {
    expect(() => copyMeta(meta, 1_000)).toThrow(
      expect.objectContaining({
        code: "WB_PRESENCE_LIMIT",
        message: expect.stringContaining("must be an object that JSON can carry") as string,
      }),
    );
  });

  it("may have any key, and sets no prototype", () => {
    const copy = copyMeta(JSON.parse('{"__proto__":{"a":1},"constructor":2}'), 100);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toEqual(["__proto__", "constructor"]);
  });
});

function fail(): never {
  throw new Error("no");
}
