/** Reads what the scripts answer. */
import type { Appended, Stored } from "../../../history/store.ts";
import type { Slice } from "../../../history/store.ts";
import type { Head } from "../../../history/position.ts";
import { tagOf } from "../../../history/position.ts";
import type { EntryCodec } from "../../../history/entry.ts";

/** Bytes in front of an entry in the list: offset and time. */
const FRONT = 12;

/** Throws for what is no offset, time or count. */
function wholeOf(value: unknown): number {
  const number = Number(String(value));
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error("Redis answered a script with something else than was asked for");
}

function headOf([lineage, chain, top]: readonly unknown[]): Head {
  const generations = String(chain)
    .split(" ")
    .map((generation) => {
      const [tag = "", boundary] = generation.split(":");
      return { tag, boundary: wholeOf(boundary) };
    });
  return { lineage: String(lineage), chain: generations, top: wholeOf(top) };
}

/** Of `stored`. */
export function appendedOf([, lineage, chain, top, at, offsets]: readonly unknown[]): Appended {
  return { head: headOf([lineage, chain, top]), at: wholeOf(at), offsets: String(offsets).split(" ").map(wholeOf) };
}

/** Of `heads`. */
export function headsOf([, ...parts]: readonly unknown[]): (Head | undefined)[] {
  return Array.from({ length: parts.length / 3 }, (_, index) => {
    const head = parts.slice(3 * index, 3 * index + 3);
    return String(head[0]) === "" ? undefined : headOf(head);
  });
}

/**
 * Of `read`. What cannot be read, or is not at its place, was written by somebody else: the slice begins after it.
 * `refused` is told why.
 */
export function sliceOf(
  topic: string,
  [, lineage, chain, top, oldest, first, elements]: readonly unknown[],
  codec: EntryCodec,
  refused: (error: unknown) => void,
): Slice {
  const head = headOf([lineage, chain, top]);
  const from = wholeOf(first);
  let begin = wholeOf(oldest);
  let entries: Stored[] = [];
  for (const [index, element] of (elements as Buffer[]).entries()) {
    try {
      entries.push(storedOf(topic, head, from + index, element, codec));
    } catch (error) {
      refused(error);
      entries = [];
      begin = from + index + 1;
    }
  }
  return { head, oldest: begin, entries };
}

function storedOf(topic: string, head: Head, offset: number, element: Buffer, codec: EntryCodec): Stored {
  if (element.length < FRONT || element.readUIntBE(0, 6) !== offset) throw new RangeError("entry is not at its place");
  const entry = codec.decode(topic, element.subarray(FRONT));
  return { topic, lineage: head.lineage, tag: tagAt(head, offset), offset, at: element.readUIntBE(6, 6), ...entry };
}

/** The generation in which an entry was stored, or the oldest that is remembered. */
function tagAt(head: Head, offset: number): string {
  for (let index = head.chain.length - 1; index > 0; index--) {
    const generation = head.chain[index];
    if (generation !== undefined && generation.boundary < offset) return generation.tag;
  }
  return head.chain[0]?.tag ?? tagOf(head);
}
