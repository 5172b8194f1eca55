/**
 * V2 frames (PROTOCOL.md, sections 3 and 5) at a client's end. Every page loads this: it is small, where the server's end
 * is fast and says more.
 */
import { bytesOf } from "./bytes.ts";
import type { ClientCodec } from "./codec.ts";
import { DecodeError, EncodeError } from "./errors.ts";
import type { ClientMessage } from "./message.ts";
import { isServerMessage } from "./server-message.ts";
import { binaryFrom, messageFrom } from "./v2-client/binary.ts";
import { jsonFrom } from "./v2-client/json.ts";

export const v2Client: ClientCodec = {
  encode(message) {
    const { joinRef, ref, topic, event, payload, extension } = message;
    const bytes = bytesOf(payload);
    try {
      if (bytes !== undefined) return binaryFrom(message, bytes);
      const header = JSON.stringify([joinRef, ref, topic, event]).slice(0, -1);
      // What follows the payload in the array.
      const rest = extension === undefined ? "" : `,${jsonFrom(extension)}`;
      return `${header},${jsonFrom(payload)}${rest}]`;
    } catch (cause) {
      const form = bytes === undefined ? "JSON" : "a binary frame";
      throw new EncodeError(`payload of "${event}" cannot be written as ${form}: ${messageOf(cause)}`, { cause });
    }
  },
  decode(frame) {
    try {
      const message = typeof frame === "string" ? textMessage(JSON.parse(frame)) : messageFrom(bytesOf(frame));
      if (isServerMessage(message)) return message;
      throw new TypeError("an element is missing, or of another type");
    } catch (cause) {
      throw new DecodeError(`frame is not a message of the protocol: ${messageOf(cause)}`, { cause });
    }
  },
};

/** One of five elements has no key `extension`. */
function textMessage(value: unknown): ClientMessage {
  if (!Array.isArray(value) || value.length < 5) throw new TypeError("it has to be an array of 5 elements or 6");
  // By index, because destructuring would run the array's iterator for each message.
  const message = { joinRef: value[0], ref: value[1], topic: value[2], event: value[3], payload: value[4] };
  return value.length === 5 ? message : { ...message, extension: value[5] };
}

/** Anything may be thrown. */
const messageOf = (cause: unknown): unknown => (cause as Partial<Error> | null)?.message;
