/**
 * V2 frames (PROTOCOL.md, sections 3 and 5) at a client's end. Every page loads this: it is small, where the server's end
 * is fast and says more.
 */
import { bytesOf } from "./bytes.ts";
import type { ClientCodec, FrameData } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import type { Payload, Ref } from "./message.ts";
import { isServerMessage } from "./server-message.ts";
import { binaryFrom, elementsOf } from "./v2-client/binary.ts";
import { jsonFrom } from "./v2-client/json.ts";

/** A message in the order of its frame. An `extension` is there if there is a sixth element. */
export type V2Elements = [joinRef: Ref, ref: Ref, topic: string, event: string, payload: Payload, extension?: unknown];

/** The frame of a message. Without an extension if that is undefined, and in a binary frame. Throws an {@link EncodeError}. */
export function writeV2([joinRef, ref, topic, event, payload, extension]: V2Elements): FrameData {
  const bytes = bytesOf(payload);
  try {
    if (bytes) return binaryFrom([joinRef, ref, topic, event], bytes);
    const header = JSON.stringify([joinRef, ref, topic, event]).slice(0, -1);
    // What follows the payload in the array.
    const rest = extension === undefined ? "" : `,${jsonFrom("extension", extension)}`;
    return `${header},${jsonFrom("payload", payload)}${rest}]`;
  } catch (cause) {
    throw new EncodeError(`"${event}" cannot be encoded: ${messageOf(cause)}`, { cause });
  }
}

/** The message of a server's frame: a server may be broken or hostile, so every element is checked. Throws a {@link DecodeError}. */
export function readV2(frame: FrameData): V2Elements {
  try {
    const elements: unknown = typeof frame === "string" ? JSON.parse(frame) : elementsOf(bytesOf(frame) as Uint8Array);
    if (Array.isArray(elements) && isServerMessage(elements)) return elements as V2Elements;
    throw new TypeError("wrong elements");
  } catch (cause) {
    throw new DecodeError(`frame is not a message: ${messageOf(cause)}`, { cause });
  }
}

export const v2Client: ClientCodec = {
  encode: ({ joinRef, ref, topic, event, payload, extension }) =>
    writeV2([joinRef, ref, topic, event, payload, extension]),
  decode(frame) {
    const elements = readV2(frame);
    // By index, because destructuring would run the array's iterator for each message.
    const message = {
      joinRef: elements[0],
      ref: elements[1],
      topic: elements[2],
      event: elements[3],
      payload: elements[4],
    };
    return elements.length > 5 ? { ...message, extension: elements[5] } : message;
  },
};

/** Anything may be thrown. */
const messageOf = (cause: unknown): unknown => (cause as Partial<Error> | null)?.message;
