import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const SETTINGS = { seed: 20_260_103, numRuns: 2_000 };
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

describe("UTF-8", () => {
  it("is written as the platform writes it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(encodeUtf8(text)).toEqual(encoder.encode(text));
      }),
      SETTINGS,
    );
  });

  it("is not written for half of a surrogate pair", () => {
    for (const text of ["\ud800", "a\udfff", "\udc00\ud800", "🎉\ud83c"]) expect(encodeUtf8(text)).toBeUndefined();
  });

  it("is read as the platform reads it, and refused where the platform refuses it", () => {
    const byte = fc.oneof(
      fc.nat(255),
      fc.constantFrom(0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xe0, 0xed, 0xa0, 0xf0, 0xf4, 0x8f, 0x90),
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(byte, { maxLength: 6 }), fc.string({ unit: "binary" })), (input) => {
        const bytes = typeof input === "string" ? encoder.encode(input) : Uint8Array.from(input);
        expect(decodeUtf8(bytes)).toBe(decoded(bytes));
      }),
      SETTINGS,
    );
  });
});
