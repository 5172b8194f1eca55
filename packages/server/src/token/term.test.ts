import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTerm } from "./term-decoder.ts";
import { Atom, encodeTerm, Tuple } from "./term-encoder.ts";
import { MAX_DEPTH } from "./term.ts";

const ascii = (text: string): number[] => [...Buffer.from(text, "latin1")];
const decode = (...bytes: readonly number[]): unknown => decodeTerm(Buffer.from([131, ...bytes]));

/** Data and what `term_to_binary` makes of it, without the version byte. */
const BOTH_WAYS: readonly (readonly [unknown, readonly number[]])[] = [
  [null, [119, 3, ...ascii("nil")]],
  [true, [119, 4, ...ascii("true")]],
  [false, [119, 5, ...ascii("false")]],
  [0, [97, 0]],
  [255, [97, 255]],
  [256, [98, 0, 0, 1, 0]],
  [-1, [98, 255, 255, 255, 255]],
  [2 ** 31 - 1, [98, 127, 255, 255, 255]],
  [-(2 ** 31), [98, 128, 0, 0, 0]],
  [2 ** 31, [110, 4, 0, 0, 0, 0, 128]],
  [-(2 ** 31) - 1, [110, 4, 1, 1, 0, 0, 128]],
  [1_700_000_000_000, [110, 6, 0, 0x00, 0x68, 0xe5, 0xcf, 0x8b, 0x01]],
  [Number.MAX_SAFE_INTEGER, [110, 7, 0, 255, 255, 255, 255, 255, 255, 31]],
  [2n ** 53n, [110, 7, 0, 0, 0, 0, 0, 0, 0, 32]],
  [-(2n ** 64n), [110, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  [1.5, [70, 63, 248, 0, 0, 0, 0, 0, 0]],
  [2 ** 60, [70, 0x43, 0xb0, 0, 0, 0, 0, 0, 0]],
  ["", [109, 0, 0, 0, 0]],
  ["é\u0000", [109, 0, 0, 0, 3, 0xc3, 0xa9, 0]],
  ["\ufeffmark", [109, 0, 0, 0, 7, 0xef, 0xbb, 0xbf, ...ascii("mark")]],
  [[], [106]],
  [
    [1, 2, 3],
    [107, 0, 3, 1, 2, 3],
  ],
  [[256], [108, 0, 0, 0, 1, 98, 0, 0, 1, 0, 106]],
  [
    [1, "a"],
    [108, 0, 0, 0, 2, 97, 1, 109, 0, 0, 0, 1, 97, 106],
  ],
  [{}, [116, 0, 0, 0, 0]],
  [{ a: [null] }, [116, 0, 0, 0, 1, 109, 0, 0, 0, 1, 97, 108, 0, 0, 0, 1, 119, 3, ...ascii("nil"), 106]],
];

describe("terms", () => {
  it.each(BOTH_WAYS.map((pair, index) => [index, ...pair] as const))(
    "%i: %s is written as Erlang does, and read again",
    (_index, data, bytes) => {
      expect([...encodeTerm(data)]).toEqual([131, ...bytes]);
      expect(decode(...bytes)).toEqual(data);
    },
  );

  it("write long lists of bytes as lists", () => {
    const bytes = encodeTerm(Array<number>(65_536).fill(7));
    expect([...bytes.subarray(0, 8)]).toEqual([131, 108, 0, 1, 0, 0, 97, 7]);
    expect(decodeTerm(bytes)).toHaveLength(65_536);
    expect(encodeTerm(Array<number>(65_535).fill(7))[1]).toBe(107);
  });

  it("hold bigints of 255 bytes", () => {
    const largest = 2n ** 2040n - 1n;
    expect(decodeTerm(encodeTerm([largest, -largest]))).toEqual([largest, -largest]);
    expect(() => encodeTerm(largest + 1n)).toThrow(/an integer of more than 255 bytes/);
  });

  it("give any bigint back, as a number where one can hold it", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
        const read = decodeTerm(encodeTerm(value));
        expect(BigInt(read as number | bigint)).toBe(value);
        expect(typeof read).toBe(Number.isSafeInteger(Number(value)) ? "number" : "bigint");
      }),
    );
  });
});

describe("writing", () => {
  it("takes what JSON takes", () => {
    const at = new Date(0);
    expect(decodeTerm(encodeTerm({ at, gone: undefined, none: null }))).toEqual({ at: at.toJSON(), none: null });
    expect(decodeTerm(encodeTerm(Object.assign(Object.create(null), { a: 1 })))).toEqual({ a: 1 });
    expect(Object.is(decodeTerm(encodeTerm(-0)), 0)).toBe(true);
  });

  it.each<[string, unknown, RegExp]>([
    ["undefined", undefined, /of type undefined/],
    ["undefined in a list", [undefined], /of type undefined/],
    ["a hole in a list", Array(1), /of type undefined/],
    ["a function", { f: () => 1 }, /of type function/],
    ["a symbol", Symbol("s"), /of type symbol/],
    ["NaN", NaN, /cannot carry NaN/],
    ["Infinity", [-Infinity], /cannot carry -Infinity/],
    ["bytes", new Uint8Array(1), /an instance of Uint8Array.*base64/],
    ["a Map", new Map(), /an instance of Map/],
    ["half of a surrogate pair", "\ud800", /half of a surrogate pair/],
    ["half of a surrogate pair in a key", { "\udc00": 1 }, /half of a surrogate pair/],
  ])("refuses %s", (_what, data, message) => {
    expect(() => encodeTerm(data)).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
    expect(() => encodeTerm(data)).toThrow(message);
  });

  it("refuses data that is too deep, or contains itself", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    expect(() => encodeTerm(loop)).toThrow(/nested deeper than 128/);
    expect(() => encodeTerm(nest(MAX_DEPTH + 1))).toThrow(/nested deeper than 128/);
    expect(decodeTerm(encodeTerm(nest(MAX_DEPTH)))).toEqual(nest(MAX_DEPTH));
  });
});

/** An empty list in lists: `depth` of them around it. */
function nest(depth: number): unknown {
  let data: unknown[] = [];
  for (let index = 0; index < depth; index++) data = [data];
  return data;
}

describe("reading what only Erlang has", () => {
  it("makes texts of atoms, in all four encodings", () => {
    expect(decode(119, 5, ...ascii("admin"))).toBe("admin");
    expect(decode(118, 0, 5, ...ascii("admin"))).toBe("admin");
    expect(decode(115, 5, ...ascii("admin"))).toBe("admin");
    expect(decode(100, 0, 5, ...ascii("admin"))).toBe("admin");
    expect(decode(100, 0, 3, ...ascii("nil"))).toBeNull();
    expect(decode(119, 2, 0xc3, 0xa9)).toBe("é");
    expect(decode(115, 1, 0xe9)).toBe("é");
  });

  it("makes lists of tuples", () => {
    expect(decodeTerm(encodeTerm(new Tuple(new Atom("user"), 1, new Tuple())))).toEqual(["user", 1, []]);
  });

  it("makes texts of the keys of maps", () => {
    const keys = [119, 1, 97, 97, 1, 97, 7, 97, 2, 98, 255, 255, 255, 255, 97, 3];
    expect(decode(116, 0, 0, 0, 3, ...keys)).toEqual({ a: 1, 7: 2, "-1": 3 });
  });

  it("makes an own property of __proto__", () => {
    const data = decode(116, 0, 0, 0, 1, 109, 0, 0, 0, 9, ...ascii("__proto__"), 97, 1) as object;
    expect(Object.entries(data)).toEqual([["__proto__", 1]]);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
  });

  it("gives up on the token of Phoenix's long-poll, which holds a process", () => {
    const payload =
      "g2gDaARkAAJ2MW0AAAAWVVJ2T1hFN21wQ3g4RVhqTzdmVE4wZ1hkAA1ub25vZGVAbm9ob3N0AAALoQAAAAAAAAAAbQAAACxwaHg6bHA6dmhNY1greWVjWmhJSFF2WDY4ZDJLUT09MTc5NTIyMDU1MDg5NG4GAO60e_uhAWIAEnUA";
    expect(decodeTerm(Buffer.from(payload, "base64url"))).toBeUndefined();
  });

  it.each<[string, readonly number[]]>([
    ["nothing", []],
    ["an unknown tag", [1]],
    ["a process", [88, 119, 1, 110, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["a reference", [90, 0, 1, 119, 1, 110, 0, 0, 0, 0, 0, 0, 0, 1]],
    ["an exported function", [113, 119, 1, 109, 119, 1, 102, 97, 0]],
    ["a function", [112, 0, 0, 0, 4]],
    ["a bit string", [77, 0, 0, 0, 1, 4, 240]],
    ["a compressed term", [80, 0, 0, 0, 2, 0x78, 0x9c, 0x4b, 0x64, 0x00, 0x00, 0x00, 0xc3, 0x00, 0x62]],
    ["a float in text", [99, ...ascii("1.5"), ...Array<number>(28).fill(0)]],
    ["a large big integer", [111, 0, 0, 0, 1, 0, 1]],
    ["NaN", [70, 127, 248, 0, 0, 0, 0, 0, 0]],
    ["bytes that are no text", [109, 0, 0, 0, 1, 255]],
    ["an atom that is no text", [119, 1, 255]],
    ["an improper list", [108, 0, 0, 0, 1, 97, 1, 97, 2]],
    ["a list without end", [108, 0, 0, 0, 1, 97, 1]],
    ["a key that is a list", [116, 0, 0, 0, 1, 106, 97, 1]],
    ["the same key twice", [116, 0, 0, 0, 2, 119, 1, 97, 97, 1, 109, 0, 0, 0, 1, 97, 97, 2]],
    ["more bytes than the term", [97, 1, 0]],
    ["a text longer than the term", [109, 255, 255, 255, 255, 97]],
    ["a list longer than the term", [108, 255, 255, 255, 255, 97, 1, 106]],
    ["a map larger than the term", [116, 127, 255, 255, 255, 97, 1, 106]],
    ["a tuple larger than the term", [104, 255, 97, 1]],
    ["an integer longer than the term", [110, 255, 0, 1]],
  ])("refuses %s", (_what, bytes) => {
    expect(decode(...bytes)).toBeUndefined();
  });

  it("refuses another version", () => {
    expect(decodeTerm(Buffer.of(130, 97, 1))).toBeUndefined();
    expect(decodeTerm(Buffer.alloc(0))).toBeUndefined();
  });

  it("refuses a million tuples inside each other", () => {
    expect(
      decodeTerm(Buffer.concat([Buffer.of(131), Buffer.alloc(2_000_000, Buffer.of(104, 1)), Buffer.of(106)])),
    ).toBe(undefined);
  });

  it("never throws, whatever the bytes", () => {
    const tags = [70, 97, 98, 100, 104, 106, 107, 108, 109, 110, 115, 116, 118, 119, 0, 1, 2, 255];
    const bytes = fc.array(fc.oneof(fc.constantFrom(...tags), fc.nat(255)), { maxLength: 40 });
    fc.assert(
      fc.property(bytes, (term) => {
        decode(...term);
      }),
      { numRuns: 2000 },
    );
  });

  it("never throws for a genuine term with one byte changed", () => {
    const term = encodeTerm({ id: 7, name: "Zoë", list: [1.5, 2n ** 70n, null, [1, 2, 3]], deep: { a: { b: [] } } });
    for (let at = 0; at < term.length; at++) {
      for (let value = 0; value < 256; value++) {
        const changed = Buffer.from(term);
        changed[at] = value;
        decodeTerm(changed);
      }
    }
  });
});
