/**
 * V2 frames (PROTOCOL.md, sections 3 and 5) at a server's end: text frames hold the JSON array
 * `[join_ref, ref, topic, event, payload]`, binary frames the layout of `binary.ts`.
 */
import { decodeClientFrame, encodeServerBroadcast, encodeServerPush, encodeServerReply } from "./binary.ts";
import { bytesOf } from "./bytes.ts";
import { fieldToJson, payloadOf, toJson } from "./codec.ts";
import type { ServerCodec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import { jsonOf } from "./payload.ts";
import { parseClientFrame } from "./json.ts";
import { checkFields, DEFAULT_LIMITS } from "./limits.ts";
import { REPLY } from "./message.ts";
import type { ClientMessage, Payload } from "./message.ts";

/** The message of a frame. One of five elements has no key `extension`. */
function messageOf(value: unknown): ClientMessage {
  if (!Array.isArray(value)) {
    throw new DecodeError("V2 frame is not a JSON array (for objects, connect with vsn=1.0.0)");
  }
  if (value.length < 5) throw new DecodeError(`V2 frame has ${value.length} elements, at least 5 are needed`);
  // By index, because destructuring would run the array's iterator for each message.
  const message = { joinRef: value[0], ref: value[1], topic: value[2], event: value[3], payload: value[4] };
  return value.length === 5 ? message : { ...message, extension: value[5] };
}

/** Pushes and broadcasts carry objects, as in Phoenix; only replies may carry any JSON value. */
function objectOf(event: string, payload: Payload): unknown {
  if (typeof payload === "object" && payload !== null && !Array.isArray(payload)) {
    return jsonOf(payload, payloadOf(event));
  }
  const found = payload === null ? "null" : Array.isArray(payload) ? "an array" : `a ${typeof payload}`;
  throw new EncodeError(
    `payload of "${event}" is ${found}: a push or broadcast needs an object or a Uint8Array. Wrap it: { items: [...] }.`,
  );
}

/** `payload` is JSON already. */
function textFrame(joinRef: unknown, ref: unknown, topic: unknown, event: string, payload: string): string {
  return `[${fieldToJson(joinRef)},${fieldToJson(ref)},${fieldToJson(topic)},${fieldToJson(event)},${payload}]`;
}

export const v2Server: ServerCodec = {
  decode: (frame, limits = DEFAULT_LIMITS) =>
    typeof frame === "string" ? checkFields(messageOf(parseClientFrame(frame, limits))) : decodeClientFrame(frame),
  encodeMessage(joinRef, ref, topic, event, payload) {
    const bytes = bytesOf(payload);
    if (bytes !== undefined) return encodeServerPush(joinRef, topic, event, bytes);
    return textFrame(joinRef, ref, topic, event, toJson(objectOf(event, payload), payloadOf(event)));
  },
  encodeReply(joinRef, ref, topic, status, response) {
    const bytes = bytesOf(response);
    if (bytes !== undefined) return encodeServerReply(joinRef, ref, topic, status, bytes);
    const json = toJson(jsonOf(response, "response"), "response");
    return textFrame(joinRef, ref, topic, REPLY, `{"status":${fieldToJson(status)},"response":${json}}`);
  },
  encodeBroadcast(topic, event, payload) {
    const bytes = bytesOf(payload);
    if (bytes !== undefined) return encodeServerBroadcast(topic, event, bytes);
    return textFrame(null, null, topic, event, toJson(objectOf(event, payload), payloadOf(event)));
  },
};
