import { describe, expect, it } from "vitest";
import { decodeClientFrame, encodeServerBroadcast, encodeServerPush, encodeServerReply } from "./binary.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import type { Message, Ref } from "./message.ts";
import { v2Client } from "./v2-client.ts";

const encodeClientPush = (message: Message, payload: Uint8Array): Uint8Array =>
  v2Client.encode({ ...message, payload }) as Uint8Array;
const decodeServerFrame = (frame: Uint8Array): Message => v2Client.decode(frame);

/** Bytes from pieces: numbers are bytes, strings their UTF-8. */
function frame(...pieces: (number | string)[]): Uint8Array {
  return Uint8Array.from(
    pieces.flatMap((piece) => (typeof piece === "number" ? piece : [...new TextEncoder().encode(piece)])),
  );
}

function push(fields: Partial<Message> = {}): Message {
  return { joinRef: "0", ref: "1", topic: "t", event: "e", payload: frame(1), ...fields };
}

describe("client to server", () => {
  const bytes = frame(0, 1, 1, 1, 1, "0", "1", "t", "e", 1);

  it("writes kind 0 with four lengths, join_ref, ref, topic, event and the payload", () => {
    expect(encodeClientPush(push(), frame(1))).toEqual(bytes);
  });

  it("reads the same frame", () => {
    expect(decodeClientFrame(bytes)).toEqual(push());
  });

  it("reads a frame that a Node server got as a Buffer", () => {
    expect(decodeClientFrame(Buffer.from(bytes))).toMatchObject({ joinRef: "0", ref: "1", topic: "t", event: "e" });
  });

  it("reads a frame that is a part of a larger piece of memory", () => {
    const memory = frame("before", ...bytes, "after");
    expect(decodeClientFrame(memory.subarray(6, 6 + bytes.length))).toEqual(push());
  });

  it("counts lengths in bytes of UTF-8", () => {
    const message = push({ joinRef: "4", ref: "5", topic: "room:é🎉", event: "bin", payload: frame(1, 2) });
    const expected = frame(0, 1, 1, 11, 3, "4", "5", "room:é🎉", "bin", 1, 2);
    expect(encodeClientPush(message, frame(1, 2))).toEqual(expected);
    expect(decodeClientFrame(expected)).toEqual(message);
  });

  it("carries an empty payload", () => {
    expect(decodeClientFrame(frame(0, 1, 1, 1, 1, "0", "1", "t", "e"))).toEqual(push({ payload: frame() }));
  });

  it("writes absent refs as empty strings, and reads those as empty strings", () => {
    const expected = frame(0, 0, 0, 1, 1, "t", "e", 1);
    expect(encodeClientPush(push({ joinRef: null, ref: null }), frame(1))).toEqual(expected);
    expect(decodeClientFrame(expected)).toEqual(push({ joinRef: "", ref: "" }));
  });
});

describe("server to client", () => {
  const payload = frame(101, 102, 103);

  it("writes a push without a ref", () => {
    const bytes = frame(0, 1, 6, 10, "1", "room:1", "bin_pushed", 101, 102, 103);
    expect(encodeServerPush("1", "room:1", "bin_pushed", payload)).toEqual(bytes);
    expect(decodeServerFrame(bytes)).toEqual({
      joinRef: "1",
      ref: null,
      topic: "room:1",
      event: "bin_pushed",
      payload,
    });
  });

  it("writes a reply with its status in the place of the event", () => {
    const bytes = frame(1, 2, 3, 5, 2, "12", "123", "topic", "ok", 101, 102, 103);
    expect(encodeServerReply("12", "123", "topic", "ok", payload)).toEqual(bytes);
    expect(decodeServerFrame(bytes)).toEqual({
      joinRef: "12",
      ref: "123",
      topic: "topic",
      event: "phx_reply",
      payload: { status: "ok", response: payload },
    });
  });

  it("writes a broadcast without refs", () => {
    const bytes = frame(2, 5, 5, "topic", "event", 101, 102, 103);
    expect(encodeServerBroadcast("topic", "event", payload)).toEqual(bytes);
    expect(decodeServerFrame(bytes)).toEqual({ joinRef: null, ref: null, topic: "topic", event: "event", payload });
  });

  it("writes number refs as digits", () => {
    const refs = [4, 5] as unknown as [Ref, Ref];
    expect(encodeServerReply(...refs, "t", "ok", payload)).toEqual(
      frame(1, 1, 1, 1, 2, "4", "5", "t", "ok", payload[0]!, payload[1]!, payload[2]!),
    );
  });

  it.each([
    ["an array", [1]],
    ["an object", { a: 1 }],
    ["an object that cannot be made a string", JSON.parse('{"toString":1,"valueOf":1}') as unknown],
  ])("refuses a ref that is %s", (_, ref) => {
    expect(() => encodeServerReply("1", ref as Ref, "t", "ok", payload)).toThrow(EncodeError);
  });
});

describe("header strings", () => {
  const topic255 = `${"é".repeat(127)}x`;
  const topic256 = "é".repeat(128);

  it("hold 255 bytes of UTF-8", () => {
    const ref255 = "r".repeat(255);
    const message = push({ joinRef: ref255, ref: ref255, topic: topic255, event: ref255 });
    const bytes = encodeClientPush(message, frame(1));
    expect([...bytes.subarray(0, 5)]).toEqual([0, 255, 255, 255, 255]);
    expect(decodeClientFrame(bytes)).toEqual(message);
  });

  it.each<[string, () => Uint8Array]>([
    ["join_ref", () => encodeClientPush(push({ joinRef: topic256 }), frame())],
    ["ref", () => encodeClientPush(push({ ref: topic256 }), frame())],
    ["topic", () => encodeClientPush(push({ topic: topic256 }), frame())],
    ["event", () => encodeClientPush(push({ event: topic256 }), frame())],
    ["join_ref", () => encodeServerPush(topic256, "t", "e", frame())],
    ["topic", () => encodeServerPush("1", topic256, "e", frame())],
    ["event", () => encodeServerPush("1", "t", topic256, frame())],
    ["join_ref", () => encodeServerReply(topic256, "1", "t", "ok", frame())],
    ["ref", () => encodeServerReply("1", topic256, "t", "ok", frame())],
    ["topic", () => encodeServerReply("1", "1", topic256, "ok", frame())],
    ["status", () => encodeServerReply("1", "1", "t", topic256, frame())],
    ["topic", () => encodeServerBroadcast(topic256, "e", frame())],
    ["event", () => encodeServerBroadcast("t", topic256, frame())],
  ])("refuse a %s of 256 bytes by name", (name, encode) => {
    expect(encode).toThrow(EncodeError);
    expect(encode).toThrow(
      new RegExp(
        `^${name} has 256 bytes, but a binary frame holds at most 255: use a shorter one, or send JSON\\.$|: "[é]+" is longer than 255 bytes$`,
      ),
    );
  });

  it("keep a byte order mark", () => {
    const topic = "\ufefft";
    expect(decodeClientFrame(encodeClientPush(push({ topic }), frame(1))).topic).toBe(topic);
  });

  it("keep NUL and other control characters", () => {
    const topic = "a\0b\n";
    expect(decodeServerFrame(encodeServerBroadcast(topic, "e", frame(1))).topic).toBe(topic);
  });
});

describe("bad frames", () => {
  const complete = frame(0, 1, 1, 2, 2, "0", "1", "to", "ev");

  it.each([...complete.keys()].slice(1))("a client's frame cut after %i bytes is too short", (length) => {
    expect(() => decodeClientFrame(complete.subarray(0, length))).toThrow(
      new DecodeError("binary frame is shorter than its header says"),
    );
  });

  it.each([
    ["push", frame(0, 1, 1, 1, "0", "t", "e")],
    ["reply", frame(1, 1, 1, 1, 2, "0", "1", "t", "ok")],
    ["broadcast", frame(2, 1, 1, "t", "e")],
    ["broadcast with a position", frame(5, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7, "t", "e")],
    ["push with a position", frame(6, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7, "0", "t", "e")],
  ])("a server's %s cut anywhere is too short", (_, bytes) => {
    expect(decodeServerFrame(bytes).topic).toBe("t");
    for (let length = 1; length < bytes.length; length++) {
      expect(() => decodeServerFrame(bytes.subarray(0, length))).toThrow(
        new DecodeError("frame is not a message: cut off"),
      );
    }
  });

  it.each([
    ["a byte that starts nothing", frame(0, 1, 1, 1, 1, "0", "1", 0xff, "e")],
    ["a character cut in two", frame(0, 1, 1, 1, 1, "0", "1", 0xc3, "e")],
    ["an overlong form", frame(0, 1, 1, 2, 1, "0", "1", 0xc0, 0xaf, "e")],
    ["an encoded surrogate", frame(0, 1, 1, 3, 1, "0", "1", 0xed, 0xa0, 0x80, "e")],
  ])("a header with %s is not UTF-8", (_, bytes) => {
    expect(() => decodeClientFrame(bytes)).toThrow(new DecodeError("binary frame has a header that is not UTF-8"));
    expect(() => decodeServerFrame(Uint8Array.of(1, ...bytes.subarray(1)))).toThrow(DecodeError);
    expect(decodeClientFrame(frame(0, 1, 1, 1, 1, "0", "1", "t", "e", 1))).toEqual(push());
    expect(decodeServerFrame(frame(1, 1, 1, 1, 1, "0", "1", "t", "e")).topic).toBe("t");
  });

  it("a character that two headers share is not UTF-8", () => {
    expect(() => decodeServerFrame(frame(2, 1, 1, "é"))).toThrow(DecodeError);
  });

  it("any bytes are good as payload", () => {
    expect(decodeServerFrame(frame(2, 1, 1, "t", "e", 0xff, 0xc3)).payload).toEqual(frame(0xff, 0xc3));
  });

  it.each([1, 2, 3, 4, 5, 6, 255])("a server takes no kind %i", (kind) => {
    expect(() => decodeClientFrame(frame(kind, 1, 1, 1, 1, "0", "1", "t", "e"))).toThrow(
      new DecodeError(`binary frame of kind ${kind}: a client sends kind 0 only`),
    );
  });

  it.each([3, 4, 7, 255])("a client takes no kind %i", (kind) => {
    expect(() => decodeServerFrame(frame(kind, 1, 1, "t", "e"))).toThrow(
      new DecodeError(`frame is not a message: kind ${kind}`),
    );
  });

  it("an empty frame has no kind", () => {
    expect(() => decodeClientFrame(frame())).toThrow(
      new DecodeError("binary frame of kind (empty): a client sends kind 0 only"),
    );
    expect(() => decodeServerFrame(frame())).toThrow(DecodeError);
  });
});
