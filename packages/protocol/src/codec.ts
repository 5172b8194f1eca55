/**
 * The contract of a frame format, one for each end of the wire. A frame is a string (text frame) or bytes (binary
 * frame). Implementations are stateless: one object serves all connections.
 */
import { EncodeError } from "./errors.ts";
import type { FrameLimits } from "./limits.ts";
import type { ClientMessage, Message, Payload } from "./message.ts";

export type FrameData = string | Uint8Array;

/** The server's side of a codec. */
export interface ServerCodec {
  /**
   * Decodes a client's frame. Throws {@link DecodeError}, also for a frame beyond the limits ({@link DEFAULT_LIMITS} by
   * default): the connection is then closed with 1011.
   */
  decode(frame: FrameData, limits?: FrameLimits): ClientMessage;
  /**
   * Encodes a push, `phx_close` or `phx_error`, with the refs as the client sent them. Throws {@link EncodeError} for
   * an invalid payload.
   */
  encodeMessage(joinRef: unknown, ref: unknown, topic: string, event: string, payload: Payload): FrameData;
  /**
   * Encodes the reply to a message, with the refs and topic as the client sent them. Throws {@link EncodeError} for an
   * invalid response.
   */
  encodeReply(joinRef: unknown, ref: unknown, topic: unknown, status: string, response: Payload): FrameData;
  /** Encodes a message to all subscribers of a topic. Throws {@link EncodeError} for an invalid payload. */
  encodeBroadcast(topic: string, event: string, payload: Payload): FrameData;
}

/** The client's side of a codec. */
export interface ClientCodec {
  /**
   * Encodes a message to the server. Throws {@link EncodeError}. Only text frames of V2 have a place for its
   * `extension`: V1 and binary frames go without it.
   */
  encode(message: Message): FrameData;
  /**
   * Decodes a server's frame; a reply has event `phx_reply` and payload `{status, response}`. Throws {@link
   * DecodeError}.
   */
  decode(frame: FrameData): Message;
}

/** The name of a payload in an error. */
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
