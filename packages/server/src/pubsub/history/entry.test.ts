import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signingKeys } from "../remote/signing.ts";
import { EntryCodec } from "./entry.ts";
import type { Entry } from "./entry.ts";

const keysOf = (...secrets: string[]) => signingKeys("test", secrets, "wingbeat");
const [OLD, NEW] = ["the old secret, long enough", "the new secret, long enough"];
const codecs = { plain: new EntryCodec([]), signed: new EntryCodec(keysOf(NEW)) };

const entry: Entry = {
  event: "größe 🦋",
  body: '[null,null,"räume","größe 🦋",{}]',
  from: "k1ZrT0pW4u9bQm3cYx7hNg",
  producer: "p.1",
  seq: 2 ** 40,
};

const entries = fc.record({
  event: fc.string({ unit: "grapheme" }),
  body: fc.oneof(fc.string({ unit: "grapheme" }), fc.uint8Array()),
  from: fc.string({ maxLength: 22, unit: "grapheme-ascii" }),
  producer: fc.string({ maxLength: 64, unit: "grapheme-ascii" }),
  seq: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
});

for (const [name, codec] of Object.entries(codecs)) {
  describe(`an entry, ${name}`, () => {
    it("comes back as it was, and has the same bytes each time", () => {
      fc.assert(
        fc.property(fc.string({ unit: "grapheme" }), entries, (topic, original) => {
          const bytes = codec.encode(topic, original);
          expect(codec.decode(topic, bytes)).toEqual(original);
          expect(codec.encode(topic, original)).toEqual(bytes);
        }),
      );
    });

    it("has a body of bytes that is a copy of its own", () => {
      const bytes = codec.encode("t", { ...entry, body: new Uint8Array([1, 2]) });
      const { body } = codec.decode("t", bytes);
      bytes.fill(0);
      expect(body).toEqual(new Uint8Array([1, 2]));
      expect((body as Uint8Array).buffer.byteLength).toBe(2);
    });

    it("is refused when it is cut off, longer, or no entry at all, with nothing but a RangeError", () => {
      const bytes = codec.encode("t", entry);
      for (let length = 0; length < bytes.length; length++) {
        expect(() => codec.decode("t", bytes.subarray(0, length))).toThrow(RangeError);
      }
      expect(() => codec.decode("t", Buffer.concat([bytes, Buffer.of(0)]))).toThrow(RangeError);
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(0, 1, 2), (garbage, kind) => {
          if (garbage.length > 0) garbage[0] = kind;
          try {
            codec.decode("t", garbage);
          } catch (error) {
            expect(error).toBeInstanceOf(RangeError);
          }
        }),
        { numRuns: 2_000 },
      );
    });

    it("is refused when its text is not UTF-8", () => {
      const bytes = codecs.plain.encode("t", { ...entry, body: "x" });
      bytes[bytes.length - 1] = 0xff;
      expect(() => codecs.plain.decode("t", bytes)).toThrow("not UTF-8");
    });

    it("cannot have names that are too long", () => {
      expect(() => codec.encode("t", { ...entry, event: "e".repeat(65_536) })).toThrow(RangeError);
      expect(() => codec.encode("t", { ...entry, from: "f".repeat(256) })).toThrow(RangeError);
      expect(() => codec.encode("t", { ...entry, producer: "p".repeat(256) })).toThrow(RangeError);
    });
  });
}

describe("a signed entry", () => {
  it("is refused with any byte changed, and under another topic", () => {
    const bytes = codecs.signed.encode("room:1", entry);
    for (const [place, byte] of bytes.entries()) {
      expect(() => codecs.signed.decode("room:1", bytes.with(place, byte ^ 1))).toThrow(RangeError);
    }
    expect(() => codecs.signed.decode("room:2", bytes)).toThrow("signed for another topic");
  });

  it("is required by those with a secret, and refused by those without", () => {
    expect(() => codecs.signed.decode("t", codecs.plain.encode("t", entry))).toThrow("not signed");
    expect(() => codecs.plain.decode("t", codecs.signed.encode("t", entry))).toThrow("is signed");
  });

  it("is accepted while its secret is one of several", () => {
    const rotating = new EntryCodec(keysOf(NEW, OLD));
    const old = new EntryCodec(keysOf(OLD));
    expect(rotating.decode("t", old.encode("t", entry))).toEqual(entry);
    expect(codecs.signed.decode("t", rotating.encode("t", entry))).toEqual(entry);
    expect(() => codecs.signed.decode("t", old.encode("t", entry))).toThrow("another secret");
  });
});
