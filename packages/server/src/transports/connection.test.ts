import type { FrameData } from "@wingbeat/protocol";
import { describe, expect, it, vi } from "vitest";
import { Frame } from "./connection.ts";

describe("a frame", () => {
  it("is encoded once for each encoding, whatever the order in which it is asked", () => {
    const upper = { encode: vi.fn<(data: FrameData) => string>((data) => String(data).toUpperCase()) };
    const length = { encode: vi.fn<(data: FrameData) => number>((data) => data.length) };
    const nothing = { encode: vi.fn<(data: FrameData) => undefined>(() => undefined) };
    const frame = new Frame('["a"]');
    for (let round = 0; round < 3; round++) {
      expect(frame.as(upper)).toBe('["A"]');
      expect(frame.as(length)).toBe(5);
      expect(frame.as(nothing)).toBeUndefined();
    }
    for (const { encode } of [upper, length, nothing]) expect(encode.mock.calls).toEqual([['["a"]']]);
  });

  it("asks again when its encoding failed", () => {
    const encode = vi.fn<() => string>().mockImplementationOnce(() => {
      throw new Error("not now");
    });
    encode.mockReturnValue("encoded");
    const frame = new Frame("[]");
    expect(() => frame.as({ encode })).toThrow("not now");
    expect(frame.as({ encode })).toBe("encoded");
  });
});
