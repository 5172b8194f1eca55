/**
 * Binary V2 frames (PROTOCOL.md, section 5) at a server's end: one byte of kind, one byte for the length of each header string,
 * the strings in UTF-8, then the payload to the end of the frame.
 *
 * Kind 0 differs by direction: a client's push has a ref, a server's push has none. Kinds 5 and 6 are kinds 2 and 0 of
 * a server with a position: eight bytes between the lengths and the strings (section 16).
 */
import { DecodeError, EncodeError } from "./errors.ts";
import type { ClientMessage } from "./message.ts";
import { decodeUtf8, encodeUtf8 } from "./utf8.ts";

const PUSH = 0;
const REPLY_KIND = 1;
const BROADCAST = 2;
const POSITIONED_BROADCAST = 5;
const POSITIONED_PUSH = 6;

/** The bytes of an offset. */
const OFFSET = 8;

/** The longest header string, in UTF-8 bytes: its length has one byte. */
const MAX_LENGTH = 255;

type Header = readonly (readonly [name: string, value: unknown])[];

function encodeFrame(kind: number, header: Header, payload: Uint8Array): Uint8Array {
  const strings = header.map(([name, value]) => {
    if (typeof value === "object" && value !== null) {
      throw new EncodeError(`${name} is an object or array, which a binary frame cannot carry: send JSON.`);
    }
    const bytes = encodeUtf8(value === null || value === undefined ? "" : String(value));
    if (bytes === undefined) throw new EncodeError(`${name} has a lone surrogate, which UTF-8 cannot encode.`);
    if (bytes.length > MAX_LENGTH) {
      throw new EncodeError(
        `${name} has ${bytes.length} bytes, but a binary frame holds at most ${MAX_LENGTH}: use a shorter one, or send JSON.`,
      );
    }
    return bytes;
  });
  const headerLength = strings.reduce((sum, bytes) => sum + bytes.length, 1 + strings.length);
  const frame = new Uint8Array(headerLength + payload.length);
  frame[0] = kind;
  let offset = 1 + strings.length;
  strings.forEach((bytes, index) => {
    frame[1 + index] = bytes.length;
    frame.set(bytes, offset);
    offset += bytes.length;
  });
  frame.set(payload, offset);
  return frame;
}

/** Reads the header strings, and the payload as a view on the frame's memory. */
function decodeFrame(frame: Uint8Array, count: number): { readonly strings: string[]; readonly payload: Uint8Array } {
  let at = 1 + count;
  const strings: string[] = [];
  for (let index = 1; index <= count; index++) {
    const length = frame[index];
    if (length === undefined || at + length > frame.length) {
      throw new DecodeError("binary frame is shorter than its header says");
    }
    const text = decodeUtf8(frame.subarray(at, at + length));
    if (text === undefined) throw new DecodeError("binary frame has a header that is not UTF-8");
    strings.push(text);
    at += length;
  }
  return { strings, payload: frame.subarray(at) };
}

/** Client to server, on the server. Servers accept only kind 0. */
export function decodeClientFrame(frame: Uint8Array): ClientMessage {
  if (frame[0] !== PUSH) {
    throw new DecodeError(`binary frame of kind ${frame[0] ?? "(empty)"}: a client sends kind 0 only`);
  }
  const { strings, payload } = decodeFrame(frame, 4);
  const [joinRef, ref, topic, event] = strings as [string, string, string, string];
  return { joinRef, ref, topic, event, payload };
}

/** Server to client: `00 | join_ref | topic | event`. */
export function encodeServerPush(joinRef: unknown, topic: string, event: string, payload: Uint8Array): Uint8Array {
  return encodeFrame(
    PUSH,
    [
      ["join_ref", joinRef],
      ["topic", topic],
      ["event", event],
    ],
    payload,
  );
}

/** Server to client: `01 | join_ref | ref | topic | status`. */
export function encodeServerReply(
  joinRef: unknown,
  ref: unknown,
  topic: unknown,
  status: string,
  payload: Uint8Array,
): Uint8Array {
  return encodeFrame(
    REPLY_KIND,
    [
      ["join_ref", joinRef],
      ["ref", ref],
      ["topic", topic],
      ["status", status],
    ],
    payload,
  );
}

/** Server to client: `02 | topic | event`. */
export function encodeServerBroadcast(topic: string, event: string, payload: Uint8Array): Uint8Array {
  return encodeFrame(
    BROADCAST,
    [
      ["topic", topic],
      ["event", event],
    ],
    payload,
  );
}

/** The same broadcast or push with its offset. Throws {@link EncodeError} for a reply, which has no position. */
export function encodePosition(frame: Uint8Array, offset: number): Uint8Array {
  const isBroadcast = frame[0] === BROADCAST;
  if (!isBroadcast && frame[0] !== PUSH) {
    throw new EncodeError(`binary frame of kind ${frame[0] ?? "(empty)"}: only pushes and broadcasts have a position`);
  }
  const lengths = isBroadcast ? 3 : 4;
  const positioned = new Uint8Array(frame.length + OFFSET);
  positioned.set(frame.subarray(0, lengths));
  positioned[0] = isBroadcast ? POSITIONED_BROADCAST : POSITIONED_PUSH;
  const view = new DataView(positioned.buffer);
  view.setUint32(lengths, Math.floor(offset / 2 ** 32));
  view.setUint32(lengths + 4, offset % 2 ** 32);
  positioned.set(frame.subarray(lengths), lengths + OFFSET);
  return positioned;
}
