import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { extractBinaries, restoreBinaries } from "./binaries.ts";

const there = (message: unknown): unknown => {
  const { json, binaries } = extractBinaries(message);
  return restoreBinaries(JSON.parse(json), binaries);
};

const messages = fc.letrec<{ message: unknown }>((tie) => ({
  message: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie("message")),
    fc.dictionary(fc.oneof(fc.string(), fc.constant("__proto__")), tie("message"), { noNullPrototype: true }),
  ),
})).message;

describe("bytes beside JSON", () => {
  it("come back to where they were, in any message", () => {
    fc.assert(fc.property(messages, (message) => void expect(there(message)).toEqual(message)));
  });

  it("leave the JSON of a message without bytes as it is", () => {
    const message = { a: [1, { b: null }], date: new Date(0) };
    expect(extractBinaries(message)).toEqual({ json: JSON.stringify(message), binaries: [] });
  });

  it("leave null in their places, and do not change the message", () => {
    const bytes = new Uint8Array([1, 2]);
    const message = { file: { parts: [bytes, "text"] }, date: new Date(0) };
    expect(extractBinaries(message)).toEqual({
      json: '{"file":{"parts":[null,"text"]},"date":"1970-01-01T00:00:00.000Z"}',
      binaries: [{ path: ["file", "parts", 0], bytes }],
    });
    expect(message.file.parts[0]).toBe(bytes);
  });

  it("may be a Buffer, although that has a toJSON of its own", () => {
    expect(there({ bytes: Buffer.from([1, 2]) })).toEqual({ bytes: Buffer.from([1, 2]) });
  });

  it("may be the whole message; nothing at all becomes null", () => {
    expect(there(new Uint8Array([7]))).toEqual(new Uint8Array([7]));
    expect(there(undefined)).toBe(null);
  });

  it("never set a prototype", () => {
    const message = JSON.parse('{"__proto__":{"x":0}}') as { ["__proto__"]: { x: unknown } };
    const inner = Object.getOwnPropertyDescriptor(message, "__proto__")?.value as { x: unknown };
    inner.x = new Uint8Array([1]);
    const result = there(message) as object;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Object.keys(result)).toEqual(["__proto__"]);
  });

  it("are refused in what JSON cannot carry", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    expect(() => extractBinaries(cycle)).toThrow("message has a cycle or more than 1000 levels");
    expect(() => extractBinaries({ big: 1n })).toThrow(TypeError);
  });

  it.each<[string, unknown, unknown[]]>([
    ["leads nowhere", {}, ["a", "b"]],
    ["leads to what is there already", { a: 1 }, ["a"]],
    ["leads to a prototype", { a: null }, ["__proto__"]],
    ["leads through a prototype", { a: null }, ["__proto__", "polluted"]],
    ["leads through a constructor", {}, ["constructor", "prototype", "polluted"]],
    ["leads beyond a list", [null], [1]],
    ["leads to the length of a list", [null], ["length"]],
    ["leads into a string", "text", [0]],
    ["is one of objects", { a: null }, [{ toString: () => "a" }]],
  ])("whose path %s are an error, and change nothing", (_what, message, path) => {
    const before = JSON.stringify(message);
    expect(() => restoreBinaries(message, [{ path, bytes: new Uint8Array() } as never])).toThrow(
      "an attachment with an invalid path",
    );
    expect(JSON.stringify(message)).toBe(before);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
