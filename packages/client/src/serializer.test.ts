/** The V2 codec in the shape of phoenix.js's Serializer. Bytes are written out: they are the protocol. */
import { describe, expect, it } from "vitest";
import { Serializer } from "@wingbeat/client";
import type { SocketMessage } from "@wingbeat/client";

const encoded = (message: SocketMessage): unknown => {
  let frame: unknown;
  Serializer.encode(message, (written) => (frame = written));
  return frame;
};
const decoded = (frame: unknown): SocketMessage => {
  let message: SocketMessage | undefined;
  Serializer.decode(frame, (read) => (message = read));
  return message as SocketMessage;
};
const latin1 = (frame: unknown): string => Buffer.from(frame as Uint8Array).toString("latin1");
const bytes = (text: string): ArrayBuffer => Uint8Array.from(Buffer.from(text, "latin1")).buffer;

const message: SocketMessage = { join_ref: "0", ref: "1", topic: "t", event: "e", payload: { foo: 1 } };
const binary: SocketMessage = { ...message, payload: bytes("\x01") };

describe("text frames", () => {
  it("are written as an array", () => {
    expect(encoded(message)).toBe('["0","1","t","e",{"foo":1}]');
    expect(encoded({ topic: "t", event: "e", payload: {}, ref: null })).toBe('[null,null,"t","e",{}]');
  });

  it("are read into a message", () => {
    expect(decoded('["0","1","t","e",{"foo":1}]')).toEqual(message);
  });

  it("keep bytes-like values of their payload as they are", () => {
    expect(decoded('[null,null,"t","e",{"status":"ok","response":"x"}]').payload).toEqual({
      status: "ok",
      response: "x",
    });
  });
});

describe("binary frames", () => {
  it("are written when the payload is bytes", () => {
    expect(latin1(encoded(binary))).toBe("\0\x01\x01\x01\x0101te\x01");
    expect(latin1(encoded({ ...binary, payload: Uint8Array.of(9, 1).subarray(1) }))).toBe("\0\x01\x01\x01\x0101te\x01");
  });

  it("are written with strings of any length", () => {
    const long = { ...binary, join_ref: "10", ref: "1", topic: "top", event: "ev" };
    expect(latin1(encoded(long))).toBe("\0\x02\x01\x03\x02101topev\x01");
    expect(latin1(encoded({ ...binary, join_ref: null }))).toBe("\0\x00\x01\x01\x011te\x01");
  });

  it("are written with the lengths of UTF-8, and an ArrayBuffer comes back as it went", () => {
    const wide = { ...binary, topic: "größe", event: "🎉" };
    expect(latin1(encoded(wide))).toBe("\0\x01\x01\x07\x0401" + Buffer.from("größe🎉").toString("latin1") + "\x01");
    expect(decoded(bytes("\0\x01\x07\x040" + Buffer.from("größe🎉").toString("latin1") + "\x01"))).toEqual({
      join_ref: "0",
      ref: null,
      topic: "größe",
      event: "🎉",
      payload: bytes("\x01"),
    });
  });

  it.each(["join_ref", "ref", "topic", "event"])("cannot hold a %s of more than 255 bytes of UTF-8", (name) => {
    expect(() => encoded({ ...binary, [name]: "é".repeat(127) })).not.toThrow();
    expect(() => encoded({ ...binary, [name]: "é".repeat(128) })).toThrow("is longer than 255 bytes");
  });

  it("are read: a push", () => {
    const push = decoded(bytes("\0\x03\x03\x0a123topsome-event\x01\x01"));
    expect(push).toEqual({ join_ref: "123", ref: null, topic: "top", event: "some-event", payload: bytes("\x01\x01") });
    expect(push.payload).toBeInstanceOf(ArrayBuffer);
  });

  it("are read: a reply", () => {
    const reply = decoded(bytes("\x01\x03\x02\x03\x0210012topok\x01\x01"));
    expect(reply).toEqual({
      join_ref: "100",
      ref: "12",
      topic: "top",
      event: "phx_reply",
      payload: { status: "ok", response: bytes("\x01\x01") },
    });
    expect((reply.payload as { response: unknown }).response).toBeInstanceOf(ArrayBuffer);
  });

  it("are read: a broadcast", () => {
    expect(decoded(bytes("\x02\x03\x0atopsome-event\x01\x01"))).toEqual({
      join_ref: null,
      ref: null,
      topic: "top",
      event: "some-event",
      payload: bytes("\x01\x01"),
    });
  });

  it("are read from the bytes that a Node WebSocket gives as well", () => {
    const frame = Buffer.from("\x02\x01\x01te\x01", "latin1");
    expect(decoded(frame)).toMatchObject({ topic: "t", event: "e", payload: bytes("\x01") });
  });
});
