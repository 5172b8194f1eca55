import { describe, expect, it } from "vitest";
import { readTextFrames, textFrame } from "./framing.ts";

/** An unmasked frame as a server sends it. */
function serverFrame(text: string, first = 0x81): Buffer {
  const { length } = text;
  let header = [first, length];
  if (length >= 126) header = [first, 126, length >> 8, length & 0xff];
  if (length >= 65_536) header = [first, 127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from(header), Buffer.from(text)]);
}

function read(bytes: Buffer): { texts: string[]; end: number } {
  const texts: string[] = [];
  const end = readTextFrames(bytes, 0, bytes.length, (from, to) => texts.push(bytes.toString("latin1", from, to)));
  return { texts, end };
}

describe("readTextFrames", () => {
  const long = "y".repeat(300);
  const stream = Buffer.concat([serverFrame("one"), serverFrame(long), serverFrame("")]);

  it("reads all frames of a chunk", () => {
    expect(read(stream)).toEqual({ texts: ["one", long, ""], end: stream.length });
  });

  it("stops before an incomplete frame, wherever it is cut", () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const { texts, end } = read(stream.subarray(0, cut));
      const rest = read(stream.subarray(end));
      expect([...texts, ...rest.texts]).toEqual(["one", long, ""]);
    }
  });

  it("reads a frame of more than 64 kB, and waits for its size and its end", () => {
    const huge = serverFrame("z".repeat(70_000));
    expect(read(huge).texts).toEqual(["z".repeat(70_000)]);
    for (const cut of [2, 9, 10, huge.length - 1]) expect(read(huge.subarray(0, cut))).toEqual({ texts: [], end: 0 });
  });

  it("throws on a masked frame", () => {
    expect(() => read(textFrame("no"))).toThrow(/masked/);
  });

  it.each([
    ["a close frame", 0x88],
    ["a binary frame", 0x82],
    ["a fragment", 0x01],
    ["a compressed frame", 0xc1],
  ])("throws on %s", (_name, first) => {
    expect(() => read(serverFrame("no", first))).toThrow(/not one whole text/);
  });
});

describe("textFrame", () => {
  it.each([0, 125, 126, 4000])("masks a text of %i bytes", (size) => {
    const text = "abcdefg".repeat(1000).slice(0, size);
    const frame = textFrame(text);
    const header = size < 126 ? 6 : 8;
    const mask = frame.subarray(header - 4, header);
    const unmasked = frame.subarray(header).map((byte, index) => byte ^ mask[index % 4]!);
    expect(frame[0]).toBe(0x81);
    expect(frame[1]! & 0x80).toBe(0x80);
    expect(size < 126 ? frame[1]! & 0x7f : frame.readUInt16BE(2)).toBe(size);
    expect(Buffer.from(unmasked).toString("latin1")).toBe(text);
  });
});
