/**
 * The contract of a frame format, once for each end of the wire. A frame is a string (text frame) or bytes
 * (binary frame). Implementations hold no state: one object serves all connections.
 */
import { EncodeError } from "./errors.ts";
import type { ClientMessage, Message, Payload } from "./message.ts";

export type FrameData = string | Uint8Array;

/** What a server does with frames. */
export interface ServerCodec {
  /** Reads a client's frame. Throws {@link DecodeError}: the connection is then closed with 1011. */
  decode(frame: FrameData): ClientMessage;
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

/** The bytes of a binary payload, or undefined for a JSON value. */
export function bytesOf(payload: Payload): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload;
  return payload instanceof ArrayBuffer ? new Uint8Array(payload) : undefined;
}

/** Types that `JSON.stringify` leaves out of objects and turns into null in arrays, without a word. */
const DROPPED: readonly string[] = ["undefined", "function", "symbol"];

/** `JSON.stringify` of a frame, which names the payload in it that could not be written. */
export function toJson(frame: object, payload: Payload, what: string): string {
  const type = typeof payload;
  if (DROPPED.includes(type)) {
    throw new EncodeError(`${what} cannot be written as JSON: it is ${type === "undefined" ? "" : "a "}${type}.`);
  }
  try {
    return JSON.stringify(frame);
  } catch (error) {
    throw new EncodeError(`${what} cannot be written as JSON: ${(error as Error).message}`, { cause: error });
  }
}
