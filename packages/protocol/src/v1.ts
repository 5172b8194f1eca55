/**
 * V1 frames (PROTOCOL.md, section 4): a JSON object with `topic`, `event`, `payload` and `ref`.
 * A client may add `join_ref`; the server never sends it. There is no binary form.
 */
import { bytesOf, toJson } from "./codec.ts";
import type { ClientCodec, FrameData, ServerCodec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import { parseClientFrame, parseFrame } from "./json.ts";
import { REPLY } from "./message.ts";
import type { ClientMessage, Payload } from "./message.ts";
import { serverMessage } from "./server-message.ts";

const REQUIRED = ["topic", "event", "payload", "ref"] as const;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** V1 ignores the opcode: JSON in a binary frame is JSON. */
function textOf(frame: FrameData): string {
  if (typeof frame === "string") return frame;
  try {
    return decoder.decode(frame);
  } catch {
    throw new DecodeError("V1 frame is not UTF-8 text");
  }
}

function messageOf(value: unknown): ClientMessage {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new DecodeError("V1 frame is not a JSON object (for arrays, connect with vsn=2.0.0)");
  }
  const fields = value as Record<string, unknown>;
  for (const key of REQUIRED) {
    if (!Object.hasOwn(fields, key)) throw new DecodeError(`V1 frame has no "${key}"`);
  }
  const joinRef = Object.hasOwn(fields, "join_ref") ? fields["join_ref"] : null;
  return {
    joinRef,
    ref: fields["ref"],
    topic: fields["topic"],
    event: fields["event"],
    payload: fields["payload"],
  };
}

function encode(ref: unknown, topic: string, event: string, payload: Payload): string {
  return toJson({ topic, event, payload, ref }, payload, `payload of "${event}"`);
}

function refuseBytes(payload: Payload, what: string): void {
  if (bytesOf(payload) === undefined) return;
  throw new EncodeError(`${what} is binary, which V1 cannot carry: the client must connect with vsn=2.0.0.`);
}

export const v1Server: ServerCodec = {
  decode: (frame) => messageOf(parseClientFrame(textOf(frame))),
  encodeMessage(_joinRef, ref, topic, event, payload) {
    refuseBytes(payload, `payload of "${event}"`);
    return encode(ref, topic, event, payload);
  },
  encodeReply(_joinRef, ref, topic, status, response) {
    refuseBytes(response, "response");
    return toJson({ topic, event: REPLY, payload: { status, response }, ref }, response, "response");
  },
  encodeBroadcast(topic, event, payload) {
    refuseBytes(payload, `payload of "${event}"`);
    return encode(null, topic, event, payload);
  },
};

export const v1Client: ClientCodec = {
  encode({ joinRef, ref, topic, event, payload }) {
    refuseBytes(payload, `payload of "${event}"`);
    const fields = { topic, event, payload, ref };
    return toJson(joinRef === null ? fields : { ...fields, join_ref: joinRef }, payload, `payload of "${event}"`);
  },
  decode: (frame) => serverMessage(messageOf(parseFrame(textOf(frame)))),
};
