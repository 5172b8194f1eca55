/** The log of one topic in memory. Expired entries are dropped when it is next used. */
import type { Head } from "../position.ts";
import type { Batch, HistoryRule, NewEntry, Range, Slice, Stored } from "../store.ts";

/** What an entry takes beside its body, in bytes; also what a log without entries takes. */
const ENTRY_BYTES = 160;
const LOG_BYTES = 400;
/** For how long an idempotency key is remembered, at the most. */
const ID_TTL = 600_000;

/** How many idempotency keys of a topic are remembered: beyond it the oldest are forgotten. */
const MOST_IDS = 10_000;

/** Bytes of a body in memory: characters outside of Latin-1 take two. */
const sizeOf = ({ body }: Pick<Stored, "body">): number => ENTRY_BYTES + body.length;

interface Known {
  readonly offset: number;
  readonly until: number;
}

export class MemoryLog {
  readonly lineage: string;
  /** It has one generation: what it has lost, it has lost as a whole. */
  readonly tag = "1";
  #entries: Stored[] = [];
  /** How many at the front of the array are dropped already: a shift of a long array would copy it. */
  #dropped = 0;
  #top = 0;
  #bodyBytes = 0;
  #ids: Map<string, Known> | undefined = undefined;
  bytes = LOG_BYTES;

  constructor(lineage: string, top = 0) {
    this.lineage = lineage;
    this.#top = top;
  }

  get head(): Head {
    return { lineage: this.lineage, chain: [{ tag: this.tag, boundary: 0 }], top: this.#top };
  }

  /** Stores an entry and returns its offset. */
  append(topic: string, entry: NewEntry, producer: string, rule: HistoryRule, now: number): number {
    const known = this.#known(entry.id, now);
    if (known !== undefined) return known;
    const offset = ++this.#top;
    const { event, body, from, seq } = entry;
    this.add({ topic, lineage: this.lineage, tag: this.tag, offset, at: now, event, body, from, producer, seq });
    if (entry.id !== undefined) this.#remember(entry.id, offset, rule, now);
    this.#trim(rule, now);
    return offset;
  }

  /**
   * The offsets of a batch that was stored before. Undefined: it was not. "unknown": of what was stored since it was first
   * tried, too much is gone to tell.
   */
  find({ producer, entries, known, isRepeat }: Batch, now: number): readonly number[] | "unknown" | undefined {
    const oldest = this.#top - (this.#entries.length - this.#dropped) + 1;
    const isSameLog = known !== undefined && known.lineage === this.lineage && known.tag === this.tag;
    const isProved = isSameLog && oldest <= known.offset + 1;
    const seqs = new Map<number, number>();
    for (
      let index = this.#dropped + (isProved ? known.offset + 1 - oldest : 0);
      index < this.#entries.length;
      index++
    ) {
      const stored = this.#entries[index] as Stored;
      if (stored.producer === producer) seqs.set(stored.seq, stored.offset);
    }
    const offsets = entries.map(({ seq, id }) => seqs.get(seq) ?? this.#known(id, now));
    const first = entries.findIndex(({ seq }) => seqs.has(seq));
    if (first !== -1) {
      // A batch is stored whole: those of its entries that are dropped again already stood before this one.
      const offset = seqs.get((entries[first] as NewEntry).seq) as number;
      return offsets.map((other, index) => other ?? offset + index - first);
    }
    if (offsets.every((offset) => offset !== undefined)) return offsets;
    return isRepeat && !isProved ? "unknown" : undefined;
  }

  /** Adds an entry that has its offset. */
  add(stored: Stored): void {
    this.#entries.push(stored);
    this.#bodyBytes += stored.body.length;
    this.bytes += sizeOf(stored);
  }

  read(rule: HistoryRule, { after, limit, reverse = false }: Range, now: number): Slice {
    this.#trim(rule, now);
    const kept = this.#entries.length - this.#dropped;
    const oldest = this.#top - kept + 1;
    const start = after === undefined ? kept - limit : after + 1 - oldest;
    const from = this.#dropped + Math.max(start, 0);
    const entries = this.#entries.slice(from, after === undefined ? undefined : from + limit);
    return { head: this.head, oldest, entries: reverse ? entries.toReversed() : entries };
  }

  /** What is kept, the oldest first. */
  get entries(): readonly Stored[] {
    return this.#entries.slice(this.#dropped);
  }

  #trim({ size, maxBytes, ttl }: HistoryRule, now: number): void {
    for (;;) {
      const first = this.#entries[this.#dropped];
      if (first === undefined) break;
      const kept = this.#entries.length - this.#dropped;
      if (kept <= size && this.#bodyBytes <= maxBytes && first.at + ttl > now) break;
      this.#bodyBytes -= first.body.length;
      this.bytes -= sizeOf(first);
      this.#dropped++;
    }
    if (this.#dropped < 32 || this.#dropped * 2 < this.#entries.length) {
      // What is dropped must not be kept alive by the array.
      for (let index = this.#dropped - 1; index >= 0 && this.#entries[index] !== undefined; index--) {
        (this.#entries as (Stored | undefined)[])[index] = undefined;
      }
      return;
    }
    this.#entries = this.#entries.slice(this.#dropped);
    this.#dropped = 0;
  }

  #known(id: string | undefined, now: number): number | undefined {
    const known = id === undefined ? undefined : this.#ids?.get(id);
    return known !== undefined && known.until > now ? known.offset : undefined;
  }

  /** Keys expire in the order in which they came. */
  #remember(id: string, offset: number, { ttl }: HistoryRule, now: number): void {
    this.#ids ??= new Map();
    const until = now + Math.min(ttl, ID_TTL);
    for (const [old, known] of this.#ids) {
      if (known.until > now && this.#ids.size < MOST_IDS) break;
      this.#ids.delete(old);
      this.bytes -= ENTRY_BYTES;
    }
    this.#ids.set(id, { offset, until });
    this.bytes += ENTRY_BYTES;
  }
}
