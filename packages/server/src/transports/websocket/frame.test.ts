import { describe, expect, it } from "vitest";
import { websocketFrame } from "./frame.ts";

/** What a client reads: final, opcode, mask bit, payload. By the rules of RFC 6455, section 5.2. */
function read(frame: Buffer) {
  const [first = 0, second = 0] = frame;
  const short = second & 0x7f;
  const header = short === 127 ? 10 : short === 126 ? 4 : 2;
  const length = short === 127 ? Number(frame.readBigUInt64BE(2)) : short === 126 ? frame.readUInt16BE(2) : short;
  const payload = frame.subarray(header);
  return {
    final: first >> 7,
    reserved: (first >> 4) & 7,
    opcode: first & 15,
    masked: second >> 7,
    header,
    length,
    payload,
  };
}

const lengths = [
  [0, 2],
  [1, 2],
  [125, 2],
  [126, 4],
  [65_535, 4],
  [65_536, 10],
  [1_000_000, 10],
] as const;

describe("a frame of the server", () => {
  it.each(lengths)("with a text of %i bytes has a header of %i", (length, header) => {
    const text = "x".repeat(length);
    const frame = read(websocketFrame(text));
    expect(frame).toMatchObject({ final: 1, reserved: 0, opcode: 1, masked: 0, header, length });
    expect(frame.payload.toString()).toBe(text);
  });

  it.each(lengths)("with %i bytes has a header of %i", (length, header) => {
    const bytes = new Uint8Array(length).map((_, index) => index % 251);
    const frame = read(websocketFrame(bytes));
    expect(frame).toMatchObject({ final: 1, reserved: 0, opcode: 2, masked: 0, header, length });
    expect(Buffer.compare(frame.payload, bytes)).toBe(0);
  });

  it("counts bytes, not characters", () => {
    const text = "🦋ü".repeat(21);
    const frame = read(websocketFrame(text));
    expect(frame).toMatchObject({ header: 4, length: 126 });
    expect(frame.payload.toString()).toBe(text);
  });

  it("takes a part of a larger buffer", () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5]);
    expect([...read(websocketFrame(whole.subarray(1, 3))).payload]).toEqual([2, 3]);
  });

  it("writes the length of a large frame in eight bytes", () => {
    const frame = websocketFrame("x".repeat(70_000));
    expect([...frame.subarray(0, 10)]).toEqual([0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
  });
});
