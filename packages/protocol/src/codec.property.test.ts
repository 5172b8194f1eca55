/** Laws of the codecs, on random input. The seed is fixed: a run that fails once fails always. */
import fc from "fast-check";
import * as phoenix from "phoenix";
import { describe, expect, it } from "vitest";
import { DecodeError } from "./errors.ts";
import type { FrameData } from "./codec.ts";
import { withPosition, withRecovery } from "./recovery.ts";
import { v1Client, v1Server } from "./v1.ts";
import { v2Server } from "./v2.ts";
import { v2Client } from "./v2-client.ts";

const SETTINGS = { seed: 20_260_101, numRuns: 300 };

/** Any Unicode text: all planes, control characters, byte order marks; no lone surrogates. */
const text = fc.string({ unit: "binary", maxLength: 60 });
const ref = fc.option(text, { nil: null });
const bytes = fc.uint8Array({ maxLength: 40 });
/** A JSON value as JSON brings it back (-0 is 0). */
const json = fc.jsonValue({ stringUnit: "binary" }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const object = fc.dictionary(text, json, { maxKeys: 4 });

describe("V1 round trip", () => {
  it("client to server", () => {
    const messages = fc.record({ joinRef: ref, ref, topic: text, event: text, payload: json });
    fc.assert(
      fc.property(messages, (message) => {
        expect(v1Server.decode(v1Client.encode(message))).toEqual(message);
      }),
      SETTINGS,
    );
  });

  it("server to client, without join_ref", () => {
    fc.assert(
      fc.property(ref, ref, text, text, json, (joinRef, ref, topic, event, payload) => {
        const message = { joinRef: null, ref, topic, event, payload };
        expect(v1Client.decode(v1Server.encodeMessage(joinRef, ref, topic, event, payload))).toEqual(message);
        expect(v1Client.decode(v1Server.encodeBroadcast(topic, event, payload))).toEqual({ ...message, ref: null });
        expect(v1Client.decode(v1Server.encodeReply(joinRef, ref, topic, event, payload))).toEqual({
          ...message,
          event: "phx_reply",
          payload: { status: event, response: payload },
        });
      }),
      SETTINGS,
    );
  });
});

describe("V2 text round trip", () => {
  it("client to server", () => {
    const messages = fc.record({ joinRef: ref, ref, topic: text, event: text, payload: json });
    fc.assert(
      fc.property(messages, (message) => {
        expect(v2Server.decode(v2Client.encode(message))).toEqual(message);
      }),
      SETTINGS,
    );
  });

  it("server to client", () => {
    fc.assert(
      fc.property(ref, ref, text, text, object, (joinRef, ref, topic, event, payload) => {
        const message = { joinRef, ref, topic, event, payload };
        const broadcast = { ...message, joinRef: null, ref: null };
        expect(v2Client.decode(v2Server.encodeMessage(joinRef, ref, topic, event, payload))).toEqual(message);
        expect(v2Client.decode(v2Server.encodeBroadcast(topic, event, payload))).toEqual(broadcast);
      }),
      SETTINGS,
    );
  });

  it("server to client: replies carry any JSON value", () => {
    fc.assert(
      fc.property(ref, ref, text, text, json, (joinRef, ref, topic, status, response) => {
        expect(v2Client.decode(v2Server.encodeReply(joinRef, ref, topic, status, response))).toEqual({
          joinRef,
          ref,
          topic,
          event: "phx_reply",
          payload: { status, response },
        });
      }),
      SETTINGS,
    );
  });
});

describe("V2 binary round trip", () => {
  it("client to server, with absent refs as empty strings", () => {
    const messages = fc.record({ joinRef: ref, ref, topic: text, event: text, payload: bytes });
    fc.assert(
      fc.property(messages, (message) => {
        const expected = { ...message, joinRef: message.joinRef ?? "", ref: message.ref ?? "" };
        expect(v2Server.decode(v2Client.encode(message))).toEqual(expected);
      }),
      SETTINGS,
    );
  });

  it("server to client", () => {
    fc.assert(
      fc.property(ref, ref, text, text, bytes, (joinRef, ref, topic, name, payload) => {
        const push = v2Client.decode(v2Server.encodeMessage(joinRef, null, topic, name, payload));
        expect(push).toEqual({ joinRef: joinRef ?? "", ref: null, topic, event: name, payload });
        const broadcast = v2Client.decode(v2Server.encodeBroadcast(topic, name, payload));
        expect(broadcast).toEqual({ joinRef: null, ref: null, topic, event: name, payload });
        const reply = v2Client.decode(v2Server.encodeReply(joinRef, ref, topic, name, payload));
        expect(reply).toEqual({
          joinRef: joinRef ?? "",
          ref: ref ?? "",
          topic,
          event: "phx_reply",
          payload: { status: name, response: payload },
        });
      }),
      SETTINGS,
    );
  });
});

describe("the sixth element of V2", () => {
  const offset = fc.maxSafeNat();
  const epoch = fc.option(text, { nil: undefined });

  it("client to server", () => {
    const messages = fc.record({ joinRef: ref, ref, topic: text, event: text, payload: json, extension: json });
    fc.assert(
      fc.property(messages, (message) => {
        expect(v2Server.decode(v2Client.encode(message))).toEqual(message);
      }),
      SETTINGS,
    );
  });

  it("withPosition changes nothing else in a text frame", () => {
    fc.assert(
      fc.property(text, text, text, object, offset, epoch, (joinRef, topic, event, payload, o, e) => {
        const extension = e === undefined ? { o } : { o, e };
        for (const frame of [
          v2Server.encodeBroadcast(topic, event, payload),
          v2Server.encodeMessage(joinRef, null, topic, event, payload),
          v2Server.encodeReply(joinRef, "1", topic, "ok", payload),
        ]) {
          expect(v2Client.decode(withPosition(frame, o, e))).toEqual({ ...v2Client.decode(frame), extension });
        }
      }),
      SETTINGS,
    );
  });

  it("withPosition changes nothing else in a binary frame", () => {
    fc.assert(
      fc.property(text, text, text, bytes, offset, (joinRef, topic, event, payload, o) => {
        for (const frame of [
          v2Server.encodeBroadcast(topic, event, payload),
          v2Server.encodeMessage(joinRef, null, topic, event, payload),
        ]) {
          const before = Uint8Array.from(frame as Uint8Array);
          expect(v2Client.decode(withPosition(frame, o))).toEqual({ ...v2Client.decode(frame), extension: { o } });
          expect(frame).toEqual(before);
        }
      }),
      SETTINGS,
    );
  });

  it("withRecovery adds a key to the reply and changes nothing else", () => {
    fc.assert(
      fc.property(text, text, text, text, json, offset, (joinRef, topic, status, epochText, response, o) => {
        const frame = v2Server.encodeReply(joinRef, joinRef, topic, status, response);
        const recovery = { epoch: epochText, offset: o, recovered: true, count: 0 };
        const message = v2Client.decode(withRecovery(frame, recovery));
        expect(message).toEqual({ ...v2Client.decode(frame), payload: { status, response, recovery } });
      }),
      SETTINGS,
    );
  });

  it("readers that know five elements read what was sent to channels that have not asked", () => {
    fc.assert(
      fc.property(ref, text, text, object, (joinRef, topic, event, payload) => {
        for (const frame of [
          v2Server.encodeBroadcast(topic, event, payload),
          v2Server.encodeMessage(joinRef, null, topic, event, payload),
          v2Server.encodeReply(joinRef, joinRef, topic, "ok", payload),
          v2Client.encode({ joinRef, ref: joinRef, topic, event, payload }),
        ]) {
          expect(JSON.parse(frame as string)).toHaveLength(5);
        }
      }),
      SETTINGS,
    );
  });
});

describe("any input gives a message or a DecodeError", () => {
  const decoders = [v1Server.decode, v1Client.decode, v2Server.decode, v2Client.decode];

  function decodesOrRefuses(frame: FrameData): void {
    for (const decode of decoders) {
      let message: object;
      try {
        message = decode(frame);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        continue;
      }
      const keys = Object.keys(message).filter((key) => key !== "extension");
      expect(keys.sort()).toEqual(["event", "joinRef", "payload", "ref", "topic"]);
    }
  }

  /** Frames that are almost right: a valid one, with one character taken out or put in. */
  const damaged = fc
    .tuple(
      fc.constantFrom('["1","2","t","e",{"a":"\\ud83c\\udf89"}]', '{"topic":"t","event":"e","payload":{},"ref":"1"}'),
      fc.nat(),
      fc.string({ unit: "binary", maxLength: 2 }),
    )
    .map(([frame, at, inserted]) => {
      const place = at % frame.length;
      return frame.slice(0, place) + inserted + frame.slice(place + 1);
    });

  it.each<[string, fc.Arbitrary<FrameData>]>([
    ["random text", fc.string({ unit: "binary" })],
    ["random UTF-16, lone surrogates included", fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units))],
    ["random JSON", fc.json({ stringUnit: "binary" })],
    ["random arrays", fc.array(fc.jsonValue(), { maxLength: 7 }).map((value) => JSON.stringify(value))],
    [
      "random objects with the right keys",
      fc
        .record({ topic: json, event: json, payload: json, ref: json, join_ref: json }, { requiredKeys: [] })
        .map((value) => JSON.stringify(value)),
    ],
    ["damaged frames", damaged],
    ["random bytes", fc.uint8Array()],
    [
      "random bytes behind a small header",
      fc
        .tuple(fc.uint8Array({ max: 6, minLength: 5, maxLength: 5 }), fc.uint8Array())
        .map(([head, rest]) => Uint8Array.of(...head, ...rest)),
    ],
    ["JSON as bytes", fc.json().map((value) => new TextEncoder().encode(value))],
  ])("%s", (_, frames) => {
    fc.assert(fc.property(frames, decodesOrRefuses), SETTINGS);
  });
});

describe("the official client's serializer", () => {
  interface Wire {
    join_ref: string | null;
    ref: string | null;
    topic: string;
    event: string;
    payload: unknown;
  }
  interface Serializer {
    encode<Result>(message: Wire, callback: (frame: string | ArrayBuffer) => Result): Result;
    decode<Result>(frame: string | ArrayBuffer, callback: (message: Wire) => Result): Result;
  }
  /** Exported, but absent from the types. */
  const { Serializer } = phoenix as unknown as { Serializer: Serializer };

  /** It takes and gives ArrayBuffer. */
  const bufferOf = (frame: FrameData): string | ArrayBuffer =>
    typeof frame === "string" ? frame : Uint8Array.from(frame).buffer;
  const reads = (frame: FrameData): Wire => Serializer.decode(bufferOf(frame), (message) => message);
  /** It drops a byte order mark at the start of a header string. */
  const header = text.filter((value) => !value.startsWith("\ufeff"));

  it("writes text that the server reads, byte for byte as this client writes it", () => {
    fc.assert(
      fc.property(ref, ref, text, text, object, (joinRef, ref, topic, event, payload) => {
        const message = { joinRef, ref, topic, event, payload };
        const frame = Serializer.encode({ join_ref: joinRef, ref, topic, event, payload }, (written) => written);
        expect(frame).toBe(v2Client.encode(message));
        expect(v2Server.decode(frame as string)).toEqual(message);
      }),
      SETTINGS,
    );
  });

  it("writes bytes that the server reads, byte for byte as this client writes them", () => {
    fc.assert(
      fc.property(text, text, text, text, bytes, (joinRef, ref, topic, event, payload) => {
        const message = { joinRef, ref, topic, event, payload };
        const wire = { join_ref: joinRef, ref, topic, event, payload: Uint8Array.from(payload).buffer };
        const frame = new Uint8Array(Serializer.encode(wire, (written) => written) as ArrayBuffer);
        expect(frame).toEqual(v2Client.encode(message));
        expect(v2Server.decode(frame)).toEqual(message);
      }),
      SETTINGS,
    );
  });

  it("reads what the server writes", () => {
    fc.assert(
      fc.property(header, header, header, header, fc.oneof(object, bytes), (joinRef, ref, topic, name, payload) => {
        const received = payload instanceof Uint8Array ? Uint8Array.from(payload).buffer : payload;
        expect(reads(v2Server.encodeMessage(joinRef, null, topic, name, payload))).toEqual({
          join_ref: joinRef,
          ref: null,
          topic,
          event: name,
          payload: received,
        });
        expect(reads(v2Server.encodeReply(joinRef, ref, topic, name, payload))).toEqual({
          join_ref: joinRef,
          ref,
          topic,
          event: "phx_reply",
          payload: { status: name, response: received },
        });
        expect(reads(v2Server.encodeBroadcast(topic, name, payload))).toEqual({
          join_ref: null,
          ref: null,
          topic,
          event: name,
          payload: received,
        });
      }),
      SETTINGS,
    );
  });
});
