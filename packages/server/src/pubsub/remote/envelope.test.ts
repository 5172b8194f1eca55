import { describe, expect, it } from "vitest";
import { DIRECT, Envelope, EnvelopeWriter } from "./envelope.ts";

const writer = new EnvelopeWriter("knoten-ü");
const write = (message: unknown, topic = "room:1"): Buffer =>
  writer.write({ topic, dispatcher: "fastlane", message }, 3, 2 ** 40);

describe("an envelope", () => {
  it("carries the message and what is written outside", () => {
    const message = { event: "größe 🦋", payload: { file: new Uint8Array([1, 2]), other: new Uint8Array() } };
    const envelope = new Envelope(write(message, "raum:größe 🦋"));
    expect(envelope.topic).toBe("raum:größe 🦋");
    expect(envelope.dispatcher).toBe("fastlane");
    expect(envelope.node).toBe("knoten-ü");
    expect(envelope.stream).toBe(3);
    expect(envelope.sequence).toBe(2 ** 40);
    expect(envelope.sender).toBe(writer.incarnation.toString("latin1"));
    expect(envelope.message).toEqual(message);
  });

  it("has bytes that are a copy of their own", () => {
    const bytes = write(new Uint8Array([1, 2]));
    const message = new Envelope(bytes).message as Uint8Array;
    bytes.fill(0);
    expect(message).toEqual(new Uint8Array([1, 2]));
    expect(message.constructor).toBe(Uint8Array);
    expect(message.buffer.byteLength).toBe(2);
  });

  it("can be read from a part of a buffer", () => {
    const bytes = Buffer.concat([Buffer.from("xx"), write({ a: 1 }), Buffer.alloc(0)]).subarray(2);
    expect(new Envelope(bytes).message).toEqual({ a: 1 });
  });

  it("carries a position in front, and is the same bytes behind it as without one", () => {
    const position = { epoch: "größe", offset: 2 ** 47 };
    const message = { topic: "t", dispatcher: "d", message: { a: new Uint8Array([1]) } };
    const [plain, positioned] = [writer.write(message, 1, 1), writer.write({ ...message, position }, 1, 1)];
    expect(new Envelope(plain).position).toBeUndefined();
    expect(new Envelope(positioned)).toMatchObject({ position, message: message.message, node: "knoten-ü" });
    expect(positioned.subarray(positioned.length - plain.length)).toEqual(plain);
    for (let length = 0; length < positioned.length; length++) {
      expect(() => new Envelope(positioned.subarray(0, length)).message, `${length} bytes`).toThrow(Error);
    }
    expect(() => writer.write({ ...message, position: { epoch: "x".repeat(256), offset: 1 } }, 1, 1)).toThrow("255");
    expect(() => writer.write({ ...message, position: { epoch: "", offset: 2 ** 48 } }, 1, 1)).toThrow(RangeError);
  });

  it("is different for each start of a node with the same name", () => {
    const again = new EnvelopeWriter("knoten-ü").write({ topic: "t", dispatcher: "d", message: 1 }, DIRECT, 1);
    expect(new Envelope(again).sender).not.toBe(new Envelope(write(1)).sender);
    expect(new Envelope(again).stream).toBe(DIRECT);
  });

  it("is refused when it is cut off anywhere, or is none", () => {
    const bytes = write({ bytes: new Uint8Array([1, 2, 3]) });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new Envelope(bytes.subarray(0, length)).message, `${length} bytes`).toThrow(Error);
    }
    expect(() => new Envelope(Buffer.from([9, ...bytes.subarray(1)]))).toThrow("not an envelope");
  });

  it("refuses a dispatcher whose name is too long", () => {
    expect(() => writer.write({ topic: "t", dispatcher: "x".repeat(256), message: 1 }, 0, 1)).toThrow("255 bytes");
  });
});
