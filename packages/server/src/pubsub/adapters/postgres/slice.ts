/** Entries that were read. */
import type { Generation } from "../../history/position.ts";
import type { Range, Slice, Stored } from "../../history/store.ts";
import { bytesOf } from "./notification.ts";
import { original } from "./plain.ts";

type WrittenEntry = readonly [
  offset: number,
  tag: string,
  at: number,
  event: string,
  from: string,
  producer: string,
  seq: number,
  text: string | null,
  base64: string | null,
];

/** As PostgreSQL answers: the oldest entry first. */
export interface WrittenSlice {
  readonly lineage: string;
  readonly chain: readonly Generation[];
  readonly top: number;
  readonly oldest: number;
  readonly entries: readonly WrittenEntry[];
}

export function sliceOf(topic: string, written: WrittenSlice, { after, limit, reverse = false }: Range): Slice {
  const { lineage, chain, top, oldest } = written;
  const head = { lineage, chain, top };
  const all = written.entries.map(([offset, tag, at, event, from, producer, seq, text, base64]) => ({
    ...{ topic, lineage, tag, offset, at, producer, seq },
    event: original(event),
    from: original(from),
    body: text ?? bytesOf(base64 as string),
  }));
  const wanted = Math.max(oldest, (after ?? top - limit) + 1);
  const entries = withoutHoles(all, all.length < limit ? top + 1 : undefined);
  const first = entries[0]?.offset ?? top + 1;
  const isWhole = limit === 0 || first <= wanted;
  return { head, oldest: isWhole ? oldest : first, entries: reverse ? entries.toReversed() : entries };
}

/** Somebody may have removed entries by hand: those before a hole are not given out. `end` would follow the last one. */
function withoutHoles(entries: readonly Stored[], end = (entries.at(-1)?.offset ?? 0) + 1): Stored[] {
  let start = entries.length;
  while (start > 0 && entries[start - 1]?.offset === end - 1 - (entries.length - start)) start--;
  return entries.slice(start);
}
