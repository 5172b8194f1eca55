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

const NAMES = ["join_ref", "ref", "topic", "event"];

/** A push: `00 | join_ref | ref | topic | event`. An absent ref is an empty string. Throws for what has no place. */
export function binaryFrom(strings: readonly Ref[], payload: Uint8Array): Uint8Array {
  const header = strings.map((string, index) => {
    const text = utf8From(String(string ?? ""));
    if (text.length <= MAX_LENGTH) return text;
    throw new RangeError(`${NAMES[index]} has ${text.length} bytes, but a binary frame holds at most ${MAX_LENGTH}`);
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
export function elementsOf(frame: Uint8Array | undefined): unknown[] {
  const kind = frame?.[0] as number;
  const count = STRINGS[kind];
  if (!frame || !count) throw new TypeError(`a binary frame of kind ${kind} is unknown`);
  const lengths = frame.subarray(1, 1 + count);
  let at = 1 + count;
  const offset = frame.subarray(at, kind < FIRST_WITH_OFFSET ? at : (at += OFFSET));
  const strings: Ref[] = Array.from(lengths, (length) => textFrom(frame.subarray(at, (at += length))));
  if (at > frame.length) throw new RangeError("it is shorter than its header says");
  const payload = frame.subarray(at);
  if (kind === REPLY_KIND) return [...strings.slice(0, 3), REPLY, { status: strings[3], response: payload }];
  // A broadcast has no refs, a push has one.
  strings.splice(count - 2, 0, ...Array<Ref>(4 - count).fill(null));
  // Above 2^53 the offset is not exact.
  const position = { o: offset.reduce((number, byte) => number * 256 + byte, 0) };
  return [...strings, payload, ...(offset.length > 0 ? [position] : [])];
}

// Some platforms have no TextEncoder or TextDecoder, or one that accepts invalid UTF-8. All have URLs, and check theirs.

/** A character for each byte of UTF-8. Throws for half of a surrogate pair. */
const utf8From = (text: string): string =>
  encodeURIComponent(text).replace(/%(..)/g, (_, byte: string) => String.fromCharCode(Number(`0x${byte}`)));

/** The text of UTF-8 bytes. Throws for invalid ones. */
const textFrom = (bytes: Uint8Array): string =>
  decodeURIComponent(
    String.fromCharCode(...bytes).replace(/[%\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16)}`),
  );
