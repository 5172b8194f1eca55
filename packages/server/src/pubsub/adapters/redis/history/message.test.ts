import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ENTRIES, HEADER, readEntries, readMessage, readTopic, topicPart, writeMessage } from "./message.ts";

const sender = Buffer.from("01234567");

/** As the script writes it. */
function sent(
  topic: string,
  offset: number,
  at: number,
  lineage: string,
  tag: string,
  entries: readonly Buffer[],
): Buffer {
  const numbers = Buffer.alloc(14);
  numbers.writeUIntBE(offset, 0, 6);
  numbers.writeUIntBE(at, 6, 6);
  numbers[12] = lineage.length;
  numbers[13] = tag.length;
  const parts = entries.flatMap((entry) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(entry.length);
    return [length, entry];
  });
  return Buffer.concat([topicPart(topic), numbers, Buffer.from(lineage + tag), ...parts]);
}

describe("a message of the history store of Redis", () => {
  it("says who sent it, on which stream and as which number", () => {
    const bytes = writeMessage(ENTRIES, 300, sender, 2 ** 40, Buffer.from("rest"));
    expect(bytes).toHaveLength(HEADER + 4);
    expect(readMessage(bytes)).toEqual({
      kind: ENTRIES,
      stream: 300,
      sender: "01234567",
      number: 2 ** 40,
      rest: Buffer.from("rest"),
    });
  });

  it("carries entries", () => {
    const entries = [Buffer.from("a"), Buffer.alloc(0), Buffer.from("ccc")];
    const message = readEntries(sent("räume:🦋", 2 ** 40, 1_796_000_000_000, "lin-eage", "0123abcdef01", entries));
    expect(message).toEqual({
      topic: "räume:🦋",
      offset: 2 ** 40,
      at: 1_796_000_000_000,
      lineage: "lin-eage",
      tag: "0123abcdef01",
      entries,
    });
  });

  it("is refused when it is cut off, or no such message, with nothing but a RangeError", () => {
    const whole = sent("t", 1, 1, "l", "a", [Buffer.from("abc")]);
    for (let length = 0; length < whole.length; length++) {
      expect(() => readEntries(whole.subarray(0, length))).toThrow(RangeError);
    }
    for (const bad of [
      sent("t", 0, 1, "l", "a", [Buffer.from("a")]),
      sent("t", 1, 1, "l", "a", []),
      sent("t", 1, 1, "", "a", [Buffer.from("a")]),
      sent("t", 1, 1, "a.b", "a", [Buffer.from("a")]),
    ]) {
      expect(() => readEntries(bad)).toThrow(RangeError);
    }
    expect(() => readTopic(Buffer.from([0]))).toThrow(RangeError);
    expect(() => readTopic(Buffer.from([0, 5, 1]))).toThrow(RangeError);
    expect(readTopic(topicPart("größe"))).toBe("größe");
    expect(() => readMessage(Buffer.alloc(HEADER - 1))).toThrow(RangeError);
    expect(() => readMessage("text" as never)).toThrow(RangeError);
    expect(() => topicPart("x".repeat(65_536))).toThrow(RangeError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          readEntries(readMessage(bytes).rest);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
