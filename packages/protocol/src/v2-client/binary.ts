/** Binary V2 frames, as a client writes and reads them (PROTOCOL.md, sections 5 and 16). binary.ts is for servers. */
import { REPLY } from "../message.ts";
import type { Ref } from "../message.ts";

/** The longest header string, in UTF-8 bytes: its length has one byte. */
const MAX_LENGTH = 255;
/** How many header strings a server's frame has, by kind: push, reply, broadcast, and the last two with an offset. */
const STRINGS = [3, 4, 2, 0, 0, 2, 3];
const REPLY_KIND = 1;
const FIRST_WITH_OFFSET = 5;
/** The bytes of an offset. */
const OFFSET = 8;

/** A push: `00 | join_ref | ref | topic | event`. An absent ref is an empty string. Throws for what has no place. */
export function binaryFrom(strings: readonly Ref[], payload: Uint8Array): Uint8Array {
  const header = strings.map((string) => {
    const text = utf8From(string ?? "");
    if (text.length > MAX_LENGTH) throw new RangeError(`"${string}" is longer than ${MAX_LENGTH} bytes`);
    return text;
  });
  const head = String.fromCharCode(0, ...header.map(({ length }) => length)) + header.join("");
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(Array.from(head, (char) => char.charCodeAt(0)));
  frame.set(payload, head.length);
  return frame;
}

/**
 * A server's message in the order of a text frame; the payload of a reply is `{status, response}` as there. Throws for
 * what is none.
 */
export function elementsOf(frame: Uint8Array): unknown[] {
  const kind = frame[0] as number;
  const count = STRINGS[kind];
  if (!count) throw new TypeError(`kind ${kind}`);
  let at = 1 + count;
  // Above 2^53 the offset is not exact.
  const offset = frame.subarray(at, kind < FIRST_WITH_OFFSET ? at : (at += OFFSET));
  const position = { o: offset.reduce((number, byte) => number * 256 + byte, 0) };
  const strings = Array.from(frame.subarray(1, 1 + count), (length) => textFrom(frame.subarray(at, (at += length))));
  if (at > frame.length) throw new RangeError("cut off");
  const payload = frame.subarray(at);
  const event = strings.pop();
  const topic = strings.pop();
  const [joinRef = null, ref = null] = strings;
  if (kind === REPLY_KIND) return [joinRef, ref, topic, REPLY, { status: event, response: payload }];
  return [joinRef, ref, topic, event, payload, ...(offset.length > 0 ? [position] : [])];
}

// Some platforms have no TextEncoder or TextDecoder, or one that accepts invalid UTF-8. All have URLs, and check theirs.

/** A character for each byte of UTF-8. Throws for half of a surrogate pair. */
const utf8From = (text: string): string => unescape(encodeURIComponent(text));

/** The text of UTF-8 bytes. Throws for invalid ones. */
const textFrom = (bytes: Uint8Array): string => decodeURIComponent(escape(String.fromCharCode(...bytes)));
