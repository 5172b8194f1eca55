/**
 * Deltas: the changes to the entries of some replicas, in a form that can be merged in any order, more than once, or
 * with parts missing. Pure.
 *
 * A replica numbers its changes: its clock. The number of the change that added an entry is the entry's dot. A part of
 * a delta covers some dots of one replica and lists those that still have an entry; the others are removed.
 */

/** The data that an application attaches to a presence: any JSON object. */
export type Meta = Readonly<Record<string, unknown>>;

/** Maximum nesting of a meta, itself included: the same as for a client's message. */
export const MAX_META_DEPTH = 64;

/** Deep-freezes JSON data. False when it is nested too deeply and must not be used. */
export function freezeMeta(data: unknown, levels = MAX_META_DEPTH): boolean {
  if (typeof data !== "object" || data === null) return true;
  if (levels === 0) return false;
  for (const part of Object.values(data)) if (!freezeMeta(part, levels - 1)) return false;
  Object.freeze(data);
  return true;
}

/** One presence: `pid` of a replica is present on `topic` as `key`. */
export interface Entry {
  /** The ref of the replica that has it. */
  readonly replica: string;
  /** Its dot. */
  readonly clock: number;
  /** The owner: a number that is meaningful only to its replica. */
  readonly pid: number;
  readonly topic: string;
  readonly key: string;
  readonly meta: Meta;
}

/** The part of a delta about one replica. It covers the dots above `start` up to `end`, and those in `dots`. */
export class Part {
  start: number;
  end: number;
  /** Further dots outside the range: removed entries that are older, or changes that arrived out of order. */
  readonly dots: Set<number>;
  /** The remaining entries, by dot. */
  readonly entries: Map<number, Entry>;

  constructor(start: number, end: number, dots: Iterable<number> = [], entries: Iterable<Entry> = []) {
    this.start = start;
    this.end = end;
    this.dots = new Set(dots);
    this.entries = new Map();
    for (const entry of entries) this.entries.set(entry.clock, entry);
  }

  /** What the limits of {@link Generations} count. */
  get size(): number {
    return this.dots.size + this.entries.size;
  }

  copy(): Part {
    return new Part(this.start, this.end, this.dots, this.entries.values());
  }

  inRange(clock: number): boolean {
    return this.start < clock && clock <= this.end;
  }

  /** Whether it removes a dot's entry. */
  removes(clock: number): boolean {
    return (this.inRange(clock) || this.dots.has(clock)) && !this.entries.has(clock);
  }

  /** Whether the two ranges overlap or touch. Only then do both together cover one range. */
  isContiguousWith(other: Part): boolean {
    return other.end >= this.start && this.end >= other.start;
  }

  /** The dots of `present` that it removes; iterates over the smaller of the two. */
  *removedFrom<T>(present: ReadonlyMap<number, T>): Iterable<number> {
    if (this.end - this.start < present.size) {
      for (let clock = this.start + 1; clock <= this.end; clock++) {
        if (present.has(clock) && !this.entries.has(clock)) yield clock;
      }
    } else {
      for (const clock of present.keys()) {
        if (this.inRange(clock) && !this.entries.has(clock)) yield clock;
      }
    }
    for (const clock of this.dots) {
      if (present.has(clock) && !this.entries.has(clock) && !this.inRange(clock)) yield clock;
    }
  }

  /** Merges a contiguous part. The cost is proportional to the length of that part. */
  absorb(other: Part): void {
    const added = [...other.entries.values()].filter((entry) => !this.removes(entry.clock));
    for (const clock of [...other.removedFrom(this.entries)]) this.entries.delete(clock);
    for (const entry of added) this.entries.set(entry.clock, entry);
    const startsEarlier = other.start < this.start;
    this.start = Math.min(this.start, other.start);
    this.end = Math.max(this.end, other.end);
    for (const clock of other.dots) if (!this.inRange(clock)) this.dots.add(clock);
    if (!startsEarlier) return;
    for (const clock of this.dots) if (this.inRange(clock)) this.dots.delete(clock);
  }
}

/** The approximate size of a clock or pid in JSON, in characters. */
const DOT_LENGTH = 8;

/** Parts by replica ref. They are independent of each other. */
export type Delta = ReadonlyMap<string, Part>;

/** The approximate size of an entry in JSON, in characters. Undefined: it is omitted. */
export type Weigh = (entry: Entry) => number | undefined;

/** Throws whatever `JSON.stringify` throws. */
export const weighEntry: Weigh = ({ topic, key, meta }) => JSON.stringify([topic, key, meta]).length + 2 * DOT_LENGTH;

/**
 * Splits a delta into pieces of about `limit` characters of JSON, each of which can be merged independently. An omitted
 * entry looks like a removed one.
 */
export function splitDelta(delta: Delta, limit: number, weigh: Weigh = weighEntry): Delta[] {
  const pieces: Delta[] = [];
  for (const [replica, part] of delta) {
    for (const piece of splitPart(part, limit, weigh)) pieces.push(new Map([[replica, piece]]));
  }
  return pieces;
}

function* splitPart(part: Part, limit: number, weigh: Weigh): Iterable<Part> {
  // Removals go first: when they are lost, the receiver's clock stays behind, and it will request them.
  const removed = [...part.dots].filter((clock) => !part.entries.has(clock));
  let piece = new Part(part.start, part.end, removed);
  let length = removed.length * DOT_LENGTH;
  for (const clock of [...part.entries.keys()].sort((a, b) => a - b)) {
    const entry = part.entries.get(clock) as Entry;
    const weight = weigh(entry);
    if (weight === undefined) {
      if (part.dots.has(clock)) piece.dots.add(clock);
      continue;
    }
    if (length > limit && part.inRange(clock)) {
      piece.end = clock - 1;
      yield piece;
      piece = new Part(clock - 1, part.end);
      length = 0;
    }
    piece.entries.set(clock, entry);
    if (part.dots.has(clock)) piece.dots.add(clock);
    length += weight;
  }
  yield piece;
}
