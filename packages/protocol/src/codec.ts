/**
 * The contract of a frame format, once for each end of the wire. A frame is a string (text frame) or bytes
 * (binary frame). Implementations hold no state: one object serves all connections.
 */
import { EncodeError } from "./errors.ts";
import type { FrameLimits } from "./limits.ts";
import type { ClientMessage, Message, Payload } from "./message.ts";

export type FrameData = string | Uint8Array;

/** What a server does with frames. */
export interface ServerCodec {
  /**
   * Reads a client's frame. Throws {@link DecodeError}, also for a frame beyond the limits ({@link DEFAULT_LIMITS} unless
   * they are given): the connection is then closed with 1011.
   */
  decode(frame: FrameData, limits?: FrameLimits): ClientMessage;
  /**
   * Writes a push, `phx_close` or `phx_error`; the refs as the client sent them. Throws {@link EncodeError} when the
   * payload does not fit.
   */
  encodeMessage(joinRef: unknown, ref: unknown, topic: string, event: string, payload: Payload): FrameData;
  /**
   * Writes the answer to one message; the refs and the topic as the client sent them. Throws {@link EncodeError} when
   * the response does not fit.
   */
  encodeReply(joinRef: unknown, ref: unknown, topic: unknown, status: string, response: Payload): FrameData;
  /** Writes a message to all subscribers of a topic. Throws {@link EncodeError} when the payload does not fit. */
  encodeBroadcast(topic: string, event: string, payload: Payload): FrameData;
}

/** What a client does with frames. */
export interface ClientCodec {
  /** Writes a message to the server. Throws {@link EncodeError}. */
  encode(message: Message): FrameData;
  /** Reads a server's frame; a reply has event `phx_reply` and payload `{status, response}`. Throws {@link DecodeError}. */
  decode(frame: FrameData): Message;
}

/** How a payload is called in an error. */
export const payloadOf = (event: string): string => `payload of "${event}"`;

/** `JSON.stringify` of what {@link jsonOf} has checked. `what` names the payload in an error. */
export function toJson(checked: unknown, what: string): string {
  try {
    return JSON.stringify(checked);
  } catch (error) {
    throw new EncodeError(`${what} cannot be written as JSON: ${(error as Error).message}`, { cause: error });
  }
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const TILDE = 0x7e;

/**
 * The JSON of a header field. Frames are put together from their fields, which is faster than to have the whole array
 * written: most fields are short and need no escape.
 */
export function fieldToJson(field: unknown): string {
  if (typeof field !== "string")
    return field === null || field === undefined ? "null" : toJson(field, "a header field");
  for (let index = 0; index < field.length; index++) {
    const char = field.charCodeAt(index);
    if (char < SPACE || char > TILDE || char === QUOTE || char === BACKSLASH) return JSON.stringify(field);
  }
  return `"${field}"`;
}
