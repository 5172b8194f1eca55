import { describe, expect, it } from "vitest";
import { JSON_STRING } from "./encoding.ts";

describe("a frame in a poll's answer", () => {
  it("is a JSON string of its text", () => {
    expect(JSON_STRING.encode('["ü","\\u0001"]')).toBe('"[\\"ü\\",\\"\\\\u0001\\"]"');
  });

  it.each([
    ["the text that bytes are in UTF-8", [1, 2, 0xc3, 0xbc, 65], "\x01\x02üA"],
    ["a byte order mark is kept", [0, 0xef, 0xbb, 0xbf], "\0\ufeff"],
    ["base64 of bytes that are no UTF-8", [0, 255], "AP8="],
    ["half of a character is none", [0, 0xc3], "AMM="],
  ])("is %s", (_, bytes, text) => {
    expect(JSON.parse(JSON_STRING.encode(Uint8Array.from(bytes)))).toBe(text);
  });

  it("is of the part of a buffer that the frame is", () => {
    const whole = Uint8Array.from([9, 0, 255, 9]);
    expect(JSON.parse(JSON_STRING.encode(whole.subarray(1, 3)))).toBe("AP8=");
  });
});
