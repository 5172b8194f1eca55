import { describe, expect, it } from "vitest";
import { batchOf } from "./batch.ts";

const NDJSON = "application/x-ndjson";
const batch = (body: string, type?: string, limit = 100) => batchOf(Buffer.from(body), type, limit);

describe("a body", () => {
  it.each([undefined, "application/json", "text/plain", "application/x-ndjson; charset=utf-8", "Application/X-NDJSON"])(
    "of type %s is one text",
    (type) => {
      expect(batch("[1]\n[2]", type)).toEqual(["[1]\n[2]"]);
      expect(batch("", type)).toEqual([""]);
    },
  );

  it("of lines has a frame in each, whichever way they end", () => {
    expect(batch('[1]\n{"a":2}\r\n[3]', NDJSON)).toEqual(["[1]", '{"a":2}', "[3]"]);
  });

  it("of lines has an empty frame behind a last line end, as in Phoenix", () => {
    expect(batch("[1]\n", NDJSON)).toEqual(["[1]", Buffer.alloc(0)]);
    expect(batch("", NDJSON)).toEqual([Buffer.alloc(0)]);
  });

  it("may have as many lines as the limit says, and not one more", () => {
    expect(batch("[1]\n[2]\n[3]", NDJSON, 3)).toHaveLength(3);
    expect(batch("[1]\n[2]\n[3]\n[4]", NDJSON, 3)).toBe("batch too large");
  });

  it("must be UTF-8", () => {
    expect(batchOf(Buffer.from([0x5b, 0xc3, 0x5d]), NDJSON, 1)).toBe("body is not UTF-8");
    expect(batch('["ü","🎉"]')).toEqual(['["ü","🎉"]']);
  });
});

describe("a line", () => {
  it.each([
    ["AAEC", [0, 1, 2]],
    ["AAE=", [0, 1]],
    ["AA==", [0]],
    ["+/+/", [251, 255, 191]],
  ])("of base64 is bytes: %s", (line, bytes) => {
    expect(batch(line, NDJSON)).toEqual([Buffer.from(bytes)]);
  });

  it.each(["***", "AA", "AAE", "A=A=", "AA=A", "AA E", "****", "===="])(
    "that is neither JSON nor base64 stays the text that it is: %s",
    (line) => {
      expect(batch(line, NDJSON)).toEqual([line]);
    },
  );
});
