import { describe, expect, it } from "vitest";
import { DecodeError, EncodeError } from "./errors.ts";
import type { ClientMessage } from "./message.ts";
import { v1Client, v1Server } from "./v1.ts";

const fields = { topic: "room:1", event: "echo", payload: { a: 1 }, ref: "2" };

function decodes(frame: unknown): ClientMessage {
  return v1Server.decode(JSON.stringify(frame));
}

describe("reading V1", () => {
  it("takes topic, event, payload and ref", () => {
    expect(decodes(fields)).toEqual({ joinRef: null, ...fields });
  });

  it("reads a join_ref", () => {
    expect(decodes({ ...fields, join_ref: "1" })).toEqual({ joinRef: "1", ...fields });
  });

  it("ignores other keys", () => {
    expect(decodes({ ...fields, joinRef: "x", extra: true, constructor: 1 })).toEqual({ joinRef: null, ...fields });
  });

  it.each(["topic", "event", "payload", "ref"])("names a missing %s", (key) => {
    const { [key as keyof typeof fields]: _, ...rest } = fields;
    expect(() => decodes(rest)).toThrow(new DecodeError(`V1 frame has no "${key}"`));
  });

  it("names the first missing key", () => {
    expect(() => v1Server.decode("{}")).toThrow(new DecodeError('V1 frame has no "topic"'));
  });

  it("does not take a key of the prototype for one of the frame", () => {
    const frame = '{"__proto__":{"topic":"x","join_ref":"y"},"event":"e","payload":{},"ref":null}';
    expect(() => v1Server.decode(frame)).toThrow('V1 frame has no "topic"');
    expect(v1Server.decode(`{"topic":"t",${frame.slice(1)}`).joinRef).toBeNull();
  });

  it("takes null for every field", () => {
    expect(decodes({ topic: null, event: null, payload: null, ref: null, join_ref: null })).toEqual({
      joinRef: null,
      ref: null,
      topic: null,
      event: null,
      payload: null,
    });
  });

  it("passes odd types through", () => {
    expect(decodes({ topic: 5, event: ["e"], payload: "text", ref: { a: 1 }, join_ref: 1.5 })).toEqual({
      joinRef: 1.5,
      ref: { a: 1 },
      topic: 5,
      event: ["e"],
      payload: "text",
    });
  });

  it("reads JSON from a binary frame as well", () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...fields, topic: "room:é🎉" }));
    expect(v1Server.decode(bytes)).toEqual({ joinRef: null, ...fields, topic: "room:é🎉" });
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(() => v1Server.decode(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow(
      new DecodeError("V1 frame is not UTF-8 text"),
    );
  });

  it.each(["", "{", "nope", "{'topic':1}", '{"topic":"t",}', '"\u0000"'])("refuses %j, which is no JSON", (text) => {
    expect(() => v1Server.decode(text)).toThrow(new DecodeError("frame is not valid JSON"));
  });

  it.each(["null", "true", "1", '"text"', "[]", '["1","1","room:1","phx_join",{}]'])(
    "refuses %s, which is no object",
    (text) => {
      expect(() => v1Server.decode(text)).toThrow(
        new DecodeError("V1 frame is not a JSON object (for arrays, connect with vsn=2.0.0)"),
      );
    },
  );

  it("refuses a lone surrogate", () => {
    expect(() => v1Server.decode('{"topic":"\\udc00","event":"e","payload":{},"ref":null}')).toThrow(
      new DecodeError("frame has a lone surrogate in a string"),
    );
  });

  it("reads a server's reply on the client", () => {
    const payload = { status: "ok", response: { b: 2 } };
    const frame = JSON.stringify({ topic: "room:1", event: "phx_reply", payload, ref: "2" });
    expect(v1Client.decode(frame)).toEqual({ joinRef: null, ref: "2", topic: "room:1", event: "phx_reply", payload });
  });
});

describe("writing V1", () => {
  it("writes a client's message without join_ref when it has none", () => {
    expect(v1Client.encode({ joinRef: null, ...fields })).toBe(
      '{"topic":"room:1","event":"echo","payload":{"a":1},"ref":"2"}',
    );
  });

  it("writes a client's join_ref", () => {
    expect(JSON.parse(v1Client.encode({ joinRef: "1", ...fields }) as string)).toEqual({ ...fields, join_ref: "1" });
  });

  it("never writes a server's join_ref", () => {
    expect(v1Server.encodeMessage("1", null, "room:1", "pushed", { a: 1 })).toBe(
      '{"topic":"room:1","event":"pushed","payload":{"a":1},"ref":null}',
    );
    expect(v1Server.encodeReply("1", "2", "room:1", "ok", {})).toBe(
      '{"topic":"room:1","event":"phx_reply","payload":{"status":"ok","response":{}},"ref":"2"}',
    );
    expect(v1Server.encodeBroadcast("room:1", "shout", {})).toBe(
      '{"topic":"room:1","event":"shout","payload":{},"ref":null}',
    );
  });

  it("writes payloads that are no objects", () => {
    expect(v1Server.encodeBroadcast("t", "e", [1, "two", null])).toBe(
      '{"topic":"t","event":"e","payload":[1,"two",null],"ref":null}',
    );
  });

  it.each([
    ["Uint8Array", Uint8Array.of(1)],
    ["Buffer", Buffer.from("x")],
    ["ArrayBuffer", new ArrayBuffer(1)],
  ])("cannot carry a %s", (_, bytes) => {
    const sentence =
      /^(payload of "e"|response) is binary, which V1 cannot carry: the client must connect with vsn=2\.0\.0\.$/;
    const message = { joinRef: null, ref: null, topic: "t", event: "e", payload: bytes };
    for (const encode of [
      () => v1Client.encode(message),
      () => v1Server.encodeMessage(null, null, "t", "e", bytes),
      () => v1Server.encodeBroadcast("t", "e", bytes),
      () => v1Server.encodeReply(null, "1", "t", "ok", bytes),
    ]) {
      expect(encode).toThrow(EncodeError);
      expect(encode).toThrow(sentence);
    }
  });

  it.each([
    ["undefined", undefined],
    ["function", () => 1],
    ["symbol", Symbol("s")],
  ])("refuses a payload or response that is a bare %s, which JSON would drop", (type, value) => {
    const sentence = new RegExp(`^(payload of "e"|response) cannot be written as JSON: it is (a )?${type}\\. `);
    for (const encode of [
      () => v1Client.encode({ joinRef: null, ref: null, topic: "t", event: "e", payload: value }),
      () => v1Server.encodeMessage(null, null, "t", "e", value),
      () => v1Server.encodeBroadcast("t", "e", value),
      () => v1Server.encodeReply(null, "1", "t", "ok", value),
    ]) {
      expect(encode).toThrow(EncodeError);
      expect(encode).toThrow(sentence);
    }
  });
});
