/**
 * V1 frames (PROTOCOL.md, section 4): a JSON object with `topic`, `event`, `payload` and `ref`.
 * A client may add `join_ref`; the server never sends it. There is no binary form.
 */
import { bytesOf } from "./bytes.ts";
import { payloadOf, toJson } from "./codec.ts";
import type { ClientCodec, ServerCodec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import { parseClientFrame, parseFrame } from "./json.ts";
import { checkFields, DEFAULT_LIMITS } from "./limits.ts";
import { REPLY } from "./message.ts";
import type { ClientMessage, Message, Payload } from "./message.ts";
import { jsonOf } from "./payload.ts";
import { isServerMessage } from "./server-message.ts";
import { decodeUtf8 } from "./utf8.ts";

const REQUIRED = ["topic", "event", "payload", "ref"] as const;

/** V1 ignores the opcode: JSON in a binary frame is JSON. */
function textOf(frame: unknown, decode: (bytes: Uint8Array) => string | undefined): string {
  if (typeof frame === "string") return frame;
  const bytes = bytesOf(frame);
  if (bytes === undefined) throw new DecodeError("frame is neither text nor bytes");
  const text = decode(bytes);
  if (text === undefined) throw new DecodeError("V1 frame is not UTF-8 text");
  return text;
}

// Servers have a TextDecoder, which is faster for long texts; some client platforms have none.
let decoder: InstanceType<typeof TextDecoder> | undefined;

function decodeOnServer(bytes: Uint8Array): string | undefined {
  try {
    return (decoder ??= new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })).decode(bytes);
  } catch {
    return undefined;
  }
}

function messageOf(value: unknown): ClientMessage {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DecodeError("V1 frame is not a JSON object (for arrays, connect with vsn=2.0.0)");
  }
  const fields = value as Record<string, unknown>;
  for (const key of REQUIRED) {
    if (fields[key] === undefined) throw new DecodeError(`V1 frame has no "${key}"`);
  }
  const { join_ref: joinRef = null } = fields;
  return {
    joinRef,
    ref: fields["ref"],
    topic: fields["topic"],
    event: fields["event"],
    payload: fields["payload"],
  };
}

function encode(ref: unknown, topic: string, event: string, payload: Payload): string {
  const what = payloadOf(event);
  refuseBytes(payload, what);
  return toJson({ topic, event, payload: jsonOf(payload, what), ref }, what);
}

function refuseBytes(payload: Payload, what: string): void {
  if (bytesOf(payload) === undefined) return;
  throw new EncodeError(`${what} is binary, which V1 cannot carry: the client must connect with vsn=2.0.0.`);
}

export const v1Server: ServerCodec = {
  decode: (frame, limits = DEFAULT_LIMITS) =>
    checkFields(messageOf(parseClientFrame(textOf(frame, decodeOnServer), limits))),
  encodeMessage(_joinRef, ref, topic, event, payload) {
    return encode(ref, topic, event, payload);
  },
  encodeReply(_joinRef, ref, topic, status, response) {
    refuseBytes(response, "response");
    const payload = { status, response: jsonOf(response, "response") };
    return toJson({ topic, event: REPLY, payload, ref }, "response");
  },
  encodeBroadcast(topic, event, payload) {
    return encode(null, topic, event, payload);
  },
};

export const v1Client: ClientCodec = {
  encode({ joinRef, ref, topic, event, payload }) {
    const what = payloadOf(event);
    refuseBytes(payload, what);
    const fields = { topic, event, payload: jsonOf(payload, what), ref };
    return toJson(joinRef === null ? fields : { ...fields, join_ref: joinRef }, what);
  },
  decode(frame) {
    const message = messageOf(parseFrame(textOf(frame, decodeUtf8)));
    const { joinRef, ref, topic, event, payload } = message;
    if (isServerMessage([joinRef, ref, topic, event, payload])) return message as Message;
    throw new DecodeError("frame is not a message of the protocol");
  },
};
