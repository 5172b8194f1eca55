import { describe, expect, it } from "vitest";
import { DecodeError, EncodeError } from "./errors.ts";
import type { Payload } from "./message.ts";
import { v2Server } from "./v2.ts";
import { v2Client } from "./v2-client.ts";

const message = { joinRef: "1", ref: "2", topic: "room:1", event: "echo", payload: { a: 1 } };
const text = '["1","2","room:1","echo",{"a":1}]';

describe("reading V2 text", () => {
  it("takes join_ref, ref, topic, event and payload in this order", () => {
    expect(v2Server.decode(text)).toEqual(message);
    expect(v2Client.decode(text)).toEqual(message);
  });

  it("ignores whitespace between tokens", () => {
    expect(v2Server.decode(' [ "1" , "2",\n"room:1","echo"\t, {"a" : 1 } ] \r\n')).toEqual(message);
  });

  it.each([null, 0, "", [1, [2]], { o: 7, e: { f: 1 } }])("gives %j as extension, the sixth element", (extension) => {
    const frame = JSON.stringify(["1", "2", "room:1", "echo", { a: 1 }, extension]);
    expect(v2Server.decode(frame)).toStrictEqual({ ...message, extension });
    expect(v2Client.decode(frame)).toStrictEqual({ ...message, extension });
  });

  it("has no extension without a sixth element", () => {
    expect(v2Server.decode(text)).toStrictEqual(message);
    expect(v2Client.decode(text)).toStrictEqual(message);
  });

  it("ignores elements after the sixth", () => {
    const frame = '["1","2","room:1","echo",{"a":1},{"o":7},8,9]';
    expect(v2Server.decode(frame)).toStrictEqual({ ...message, extension: { o: 7 } });
    expect(v2Client.decode(frame)).toStrictEqual({ ...message, extension: { o: 7 } });
  });

  it("limits the nesting of the sixth element as that of the payload", () => {
    const frame = (depth: number) => `["1","2","t","e",{},${"[".repeat(depth)}${"]".repeat(depth)}]`;
    expect(v2Server.decode(frame(64))).toHaveProperty("extension");
    expect(() => v2Server.decode(frame(65))).toThrow(new DecodeError("frame is nested more than 64 levels deep"));
  });

  it.each([0, 1, 2, 3, 4])("refuses an array of %i elements", (length) => {
    const frame = JSON.stringify(["1", "2", "t", "e"].slice(0, length));
    expect(() => v2Server.decode(frame)).toThrow(
      new DecodeError(`V2 frame has ${length} elements, at least 5 are needed`),
    );
  });

  it.each(["null", "false", "1", '"text"', "{}", '{"topic":"t","event":"e","payload":{},"ref":null}'])(
    "refuses %s, which is no array",
    (frame) => {
      expect(() => v2Server.decode(frame)).toThrow(
        new DecodeError("V2 frame is not a JSON array (for objects, connect with vsn=1.0.0)"),
      );
    },
  );

  it.each(["", " ", "[", "[1,2,3,4,5", "[1,2,3,4,5]]", "[,,,,]", "[1,2,3,4,NaN]", "undefined", "\ufeff[1,2,3,4,5]"])(
    "refuses %j, which is no JSON",
    (frame) => {
      expect(() => v2Server.decode(frame)).toThrow(new DecodeError("frame is not valid JSON"));
    },
  );

  it("takes null for every element", () => {
    const nothing = { joinRef: null, ref: null, topic: null, event: null, payload: null };
    expect(v2Server.decode("[null,null,null,null,null]")).toEqual(nothing);
  });

  it.each([5, 1.5, true, "", "text", [], [1, [2]], {}, { a: { b: null } }])(
    "passes %j through in every place",
    (value) => {
      const frame = JSON.stringify([value, value, value, value, value]);
      const expected = { joinRef: value, ref: value, topic: value, event: value, payload: value };
      expect(v2Server.decode(frame)).toEqual(expected);
    },
  );

  it("takes the last of duplicate keys", () => {
    expect(v2Server.decode('["1","2","t","e",{"a":1,"b":2,"a":3}]').payload).toEqual({ a: 3, b: 2 });
  });

  it("keeps __proto__ as an ordinary key", () => {
    const { payload } = v2Server.decode('["1","2","t","e",{"__proto__":{"admin":true}}]');
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    expect(Object.entries(payload as object)).toEqual([["__proto__", { admin: true }]]);
  });

  it("reads a frame nested 100,000 deep, where the limit is as high", () => {
    const depth = 100_000;
    const frame = `["\\u0031","2","t","e",${"[".repeat(depth)}${"]".repeat(depth)}]`;
    let { payload } = v2Server.decode(frame, { maxDepth: depth });
    let found = 0;
    for (; Array.isArray(payload); payload = payload[0]) found++;
    expect(found).toBe(depth);
  });
});

describe("lone surrogates in V2 text", () => {
  it.each([
    ["join_ref", '["\\ud800","2","t","e",{}]'],
    ["ref", '["1","\\udfff","t","e",{}]'],
    ["topic", '["1","2","\\ud83d","e",{}]'],
    ["event", '["1","2","t","\\udc00\\ud800",{}]'],
    ["payload", '["1","2","t","e","\\uD800"]'],
    ["a value deep in the payload", '["1","2","t","e",{"a":[1,{"b":["x","\\ud800x"]}]}]'],
    ["a key of the payload", '["1","2","t","e",{"a":{"\\ud800":1}}]'],
    ["the sixth element", '["1","2","t","e",{},"\\ud800"]'],
  ])("are refused in %s", (_, frame) => {
    expect(() => v2Server.decode(frame)).toThrow(new DecodeError("frame has a lone surrogate in a string"));
    expect(() => v2Client.decode(frame)).not.toThrow();
  });

  it.each([
    ["a pair of escapes", '"\\ud83c\\udf89"', "🎉"],
    ["the character itself", '"🎉"', "🎉"],
    ["other escapes", '"\\u00e9\\u0000\\/"', "é\0/"],
    ["an escaped backslash before ud800", '"\\\\ud800"', "\\ud800"],
  ])("are not seen in %s", (_, json, value) => {
    expect(v2Server.decode(`["1","2","t","e",${json}]`).payload).toBe(value);
  });
});

describe("writing V2 text", () => {
  it("writes a client's message", () => {
    expect(v2Client.encode(message)).toBe(text);
    expect(v2Client.encode({ ...message, joinRef: null, ref: null })).toBe('[null,null,"room:1","echo",{"a":1}]');
  });

  it("writes a client's extension as the sixth element, and none when it is absent", () => {
    expect(v2Client.encode({ ...message, extension: { v: 1 } })).toBe('["1","2","room:1","echo",{"a":1},{"v":1}]');
    expect(v2Client.encode({ ...message, extension: null })).toBe('["1","2","room:1","echo",{"a":1},null]');
    expect(v2Client.encode({ ...message, extension: undefined })).toBe(text);
    expect(() => v2Client.encode({ ...message, extension: 1n })).toThrow(/cannot be encoded: extension is BigInt/);
  });

  it("writes no extension into a binary frame, which has no place for it", () => {
    const payload = Uint8Array.of(1);
    const frame = v2Client.encode({ ...message, payload, extension: { v: 1 } });
    expect(frame).toEqual(v2Client.encode({ ...message, payload }));
  });

  it("writes a push, with null in the place of the ref", () => {
    expect(v2Server.encodeMessage("1", null, "room:1", "pushed", { a: 1 })).toBe(
      '["1",null,"room:1","pushed",{"a":1}]',
    );
  });

  it("writes a reply as phx_reply with status and response", () => {
    expect(v2Server.encodeReply("1", "2", "room:1", "ok", { a: 1 })).toBe(
      '["1","2","room:1","phx_reply",{"status":"ok","response":{"a":1}}]',
    );
  });

  it("writes a broadcast without refs", () => {
    expect(v2Server.encodeBroadcast("room:1", "shout", {})).toBe('[null,null,"room:1","shout",{}]');
  });

  it("echoes refs and topics of odd types", () => {
    expect(v2Server.encodeReply(1 as never, { a: 1 } as never, ["t"] as never, "error", {})).toBe(
      '[1,{"a":1},["t"],"phx_reply",{"status":"error","response":{}}]',
    );
  });

  it.each([null, [1, 2], "str", 42, true, 1.5])("replies with %j, which is no object", (response) => {
    const frame = v2Server.encodeReply("1", "2", "t", "ok", response) as string;
    expect(JSON.parse(frame)).toEqual(["1", "2", "t", "phx_reply", { status: "ok", response }]);
  });

  it.each<[Payload, string]>([
    [null, "null"],
    [[1], "an array"],
    ["str", "a string"],
    [1, "a number"],
    [true, "a boolean"],
  ])("refuses to push or broadcast %j", (payload, found) => {
    const sentence = `payload of "e" is ${found}: a push or broadcast needs an object or a Uint8Array. Wrap it: { items: [...] }.`;
    expect(() => v2Server.encodeMessage("1", null, "t", "e", payload)).toThrow(new EncodeError(sentence));
    expect(() => v2Server.encodeBroadcast("t", "e", payload)).toThrow(new EncodeError(sentence));
  });

  it.each([[undefined], [() => 1], [Symbol("s")], [1n]])("refuses to push or broadcast %s", (payload: Payload) => {
    expect(() => v2Server.encodeMessage("1", null, "t", "e", payload)).toThrow(EncodeError);
    expect(() => v2Server.encodeBroadcast("t", "e", payload)).toThrow(EncodeError);
  });

  it.each([
    ["undefined", undefined],
    ["function", () => 1],
    ["symbol", Symbol("s")],
  ])("refuses a client's payload and a response that is a bare %s, which JSON would drop", (type, value) => {
    const sentence = new RegExp(
      `^response cannot be written as JSON: it is (a )?${type}\\. |^"echo" cannot be encoded: payload is ${type}$`,
      "i",
    );
    for (const encode of [
      () => v2Client.encode({ ...message, payload: value }),
      () => v2Server.encodeReply("1", "2", "t", "ok", value),
    ]) {
      expect(encode).toThrow(EncodeError);
      expect(encode).toThrow(sentence);
    }
  });

  it("says which payload could not be written, and why", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    expect(() => v2Client.encode({ ...message, payload: cyclic })).toThrow(/^"echo" cannot be encoded: .*circular/i);
    expect(() => v2Server.encodeMessage("1", null, "t", "tick", { at: 1n })).toThrow(
      /^payload of "tick" cannot be written as JSON: at is a bigint/,
    );
    expect(() => v2Server.encodeBroadcast("t", "tick", { at: 1n })).toThrow(/^payload of "tick" cannot/);
    expect(() => v2Server.encodeReply("1", "2", "t", "ok", { at: 1n })).toThrow(/^response cannot be written as JSON/);
  });

  it("gives the cause of what JSON could not write", () => {
    const cause = new Error("no");
    const payload = {
      toJSON() {
        throw cause;
      },
    };
    let thrown: unknown;
    try {
      v2Server.encodeBroadcast("t", "e", payload);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(EncodeError);
    expect(thrown).toMatchObject({ code: "WB_ENCODE", cause });
  });

  it("refuses what is nested too deep for JSON.stringify, and nothing worse happens", () => {
    let payload = {};
    for (let depth = 0; depth < 100_000; depth++) payload = { payload };
    expect(() => v2Server.encodeBroadcast("t", "e", payload)).toThrow(EncodeError);
  });
});

describe("V2 binary payloads", () => {
  const hex = (frame: unknown): string => Buffer.from(frame as Uint8Array).toString("hex");

  it.each([
    ["Uint8Array", Uint8Array.of(1, 2)],
    ["Buffer", Buffer.of(1, 2)],
    ["ArrayBuffer", Uint8Array.of(1, 2).buffer],
    ["part of a larger memory", Uint8Array.of(9, 1, 2, 9).subarray(1, 3)],
  ])("go as binary frames: %s", (_, payload) => {
    expect(hex(v2Client.encode({ ...message, topic: "t", event: "e", payload }))).toBe(
      "00010101013132" + "7465" + "0102",
    );
    expect(hex(v2Server.encodeMessage("1", null, "t", "e", payload))).toBe("0001010131" + "7465" + "0102");
    expect(hex(v2Server.encodeReply("1", "2", "t", "ok", payload))).toBe("01010101023132" + "746f6b" + "0102");
    expect(hex(v2Server.encodeBroadcast("t", "e", payload))).toBe("020101" + "7465" + "0102");
  });

  it("come back as bytes", () => {
    const payload = Uint8Array.of(1, 2);
    expect(v2Server.decode(v2Client.encode({ ...message, payload }))).toEqual({ ...message, payload });
    expect(v2Client.decode(v2Server.encodeReply("1", "2", "t", "ok", payload)).payload).toEqual({
      status: "ok",
      response: payload,
    });
  });

  it("the kind of frame decides: JSON in a binary frame is no message", () => {
    expect(() => v2Server.decode(new TextEncoder().encode(text))).toThrow(
      new DecodeError("binary frame of kind 91: a client sends kind 0 only"),
    );
  });
});
