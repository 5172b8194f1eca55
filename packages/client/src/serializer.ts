/**
 * Messages as phoenix.js passes them to an application (`onMessage`, custom `encode` and `decode`), and the V2 codec in
 * the shape of phoenix.js's `Serializer`.
 */
import { readV2, writeV2 } from "@wingbeat/protocol";
import type { Payload, Ref } from "@wingbeat/protocol";

/** A message as Phoenix's client names its parts. */
export interface SocketMessage {
  readonly topic: string;
  readonly event: string;
  readonly payload: Payload;
  readonly ref: Ref;
  readonly join_ref?: Ref;
  /** The sixth element of a V2 frame (PROTOCOL.md, section 16), of messages that have one. */
  readonly extension?: unknown;
}

export type FrameOut = string | ArrayBuffer | Uint8Array;
/** The `encode` option: passes the frame of a message to `callback`. */
export type Encode = (message: SocketMessage, callback: (frame: FrameOut) => void) => void;
/** The `decode` option: passes the message in a frame to `callback`. Throws for what is none. */
export type Decode = (frame: unknown, callback: (message: SocketMessage) => void) => void;

/** The default `encode` and `decode`: version 2.0.0 of Phoenix's protocol. */
export const Serializer: { readonly encode: Encode; readonly decode: Decode } = {
  /** Writes a text frame, or a binary one when the payload is bytes. Throws an EncodeError. */
  encode({ join_ref = null, ref, topic, event, payload, extension }, callback) {
    callback(writeV2([join_ref, ref, topic, event, payload, extension]) as FrameOut);
  },
  /** Reads a server's frame: a string or an ArrayBuffer. Binary payloads are ArrayBuffers. Throws a DecodeError. */
  decode(frame, callback) {
    const [join_ref, ref, topic, event, received, extension] = readV2(frame as string | Uint8Array);
    const payload = typeof frame === "string" ? received : unpacked(received);
    callback({ join_ref, ref, topic, event, payload, extension });
  },
};

/** The payload of a binary frame: bytes, or a reply around them. */
function unpacked(payload: Payload): unknown {
  if (payload instanceof Uint8Array) return bufferOf(payload);
  const { status, response } = payload as { readonly status: string; readonly response: Uint8Array };
  return { status, response: bufferOf(response) };
}

/** A copy of just the payload: the frame's buffer includes the header. */
const bufferOf = (bytes: Uint8Array) => bytes.slice().buffer;
