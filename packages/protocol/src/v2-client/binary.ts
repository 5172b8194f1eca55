/** Binary V2 frames, as a client writes and reads them (PROTOCOL.md, sections 5 and 16). binary.ts is for servers. */
import { REPLY } from "../message.ts";
import type { Message } from "../message.ts";

/** The longest header string, in UTF-8 bytes: its length has one byte. */
const MAX_LENGTH = 255;
/** How many header strings a server's frame has, by kind: push, reply, broadcast, and the last two with an offset. */
const STRINGS = [3, 4, 2, 0, 0, 2, 3];
const REPLY_KIND = 1;
const FIRST_WITH_OFFSET = 5;
/** The bytes of an offset. */
const OFFSET = 8;

/** A push: `00 | join_ref | ref | topic | event`. An absent ref is an empty string. Throws for what has no place. */
export function binaryFrom({ joinRef, ref, topic, event }: Message, payload: Uint8Array): Uint8Array {
  const header = Object.entries({ join_ref: joinRef, ref, topic, event }).map(([name, value]) => {
    const text = utf8From(String(value ?? ""));
    if (text.length <= MAX_LENGTH) return text;
    throw new RangeError(`${name} has ${text.length} bytes, but a binary frame holds at most ${MAX_LENGTH}`);
  });
  const head = String.fromCharCode(0, ...header.map(({ length }) => length)) + header.join("");
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(Array.from(head, (char) => char.charCodeAt(0)));
  frame.set(payload, head.length);
  return frame;
}

/** A server's message; the payload of a reply is `{status, response}` as in JSON. Throws for what is none. */
export function messageFrom(frame: Uint8Array | undefined): Message {
  const kind = frame?.[0] as number;
  const count = STRINGS[kind];
  if (!frame || !count) throw new TypeError(`a binary frame of kind ${kind} is unknown`);
  const offset = 1 + count;
  const hasOffset = kind >= FIRST_WITH_OFFSET;
  let at = hasOffset ? offset + OFFSET : offset;
  const strings = Array.from(frame.subarray(1, offset), (length) => textFrom(frame.subarray(at, (at += length))));
  if (at > frame.length) throw new RangeError("it is shorter than its header says");
  const payload = frame.subarray(at);
  const event = strings.pop() as string;
  const topic = strings.pop() as string;
  const [joinRef = null, ref = null] = strings;
  if (kind === REPLY_KIND) return { joinRef, ref, topic, event: REPLY, payload: { status: event, response: payload } };
  const message = { joinRef, ref, topic, event, payload };
  return hasOffset ? { ...message, extension: { o: numberFrom(frame.subarray(offset, offset + OFFSET)) } } : message;
}

/** Above 2^53 it is not exact. */
const numberFrom = (bytes: Uint8Array): number => bytes.reduce((number, byte) => number * 256 + byte, 0);

// Some platforms have no TextEncoder or TextDecoder, or one that accepts invalid UTF-8. All have URLs, and check theirs.

/** A character for each byte of UTF-8. Throws for half of a surrogate pair. */
const utf8From = (text: string): string =>
  encodeURIComponent(text).replace(/%(..)/g, (_, byte: string) => String.fromCharCode(Number(`0x${byte}`)));

/** The text of UTF-8 bytes. Throws for invalid ones. */
const textFrom = (bytes: Uint8Array): string =>
  decodeURIComponent(
    String.fromCharCode(...bytes).replace(/[%\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  );
