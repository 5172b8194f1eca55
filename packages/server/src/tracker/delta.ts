/**
 * Deltas: what has become of the entries of some replicas, in a form that can be merged in any order, twice, or with
 * parts missing. Pure.
 *
 * A replica numbers its changes: its clock. The number of the change that added an entry is the entry's dot. A part of
 * a delta says of some dots of one replica which of them still stand for an entry; the others are removed.
 */

/** What an application keeps with a presence: any object that JSON can carry. */
export type Meta = Readonly<Record<string, unknown>>;

/** Levels of objects and lists in a meta, itself counted: as many as a client's message may have. */
export const MAX_META_DEPTH = 64;

/** Freezes data of JSON at every level. False when it has too many levels: then it is of no use. */
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
  /** Who tracks it: a number that means something to its replica only. */
  readonly pid: number;
  readonly topic: string;
  readonly key: string;
  readonly meta: Meta;
}

/** The part of a delta that is about one replica. It speaks of the dots above `start` up to `end`, and of `dots`. */
export class Part {
  start: number;
  end: number;
  /** Further dots outside of the range: removed entries that are older, or changes that came out of order. */
  readonly dots: Set<number>;
  /** The entries that stand, by dot. */
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

  /** Whether it says that a dot's entry is gone. */
  removes(clock: number): boolean {
    return (this.inRange(clock) || this.dots.has(clock)) && !this.entries.has(clock);
  }

  /** Whether the two ranges overlap or touch. Only then do both together speak of one range. */
  isContiguousWith(other: Part): boolean {
    return other.end >= this.start && this.end >= other.start;
  }

  /** Which dots of `present` it removes; looks at the fewer of the two. */
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

  /** Takes up what a contiguous part says. Costs as much as that part is long. */
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

/** About how many characters a clock or pid takes in JSON. */
const DOT_LENGTH = 8;

/** Parts by replica ref. They are independent of each other. */
export type Delta = ReadonlyMap<string, Part>;

/** About how many characters an entry takes in JSON. Undefined: it is left out. */
export type Weigh = (entry: Entry) => number | undefined;

/** Throws what `JSON.stringify` throws. */
export const weighEntry: Weigh = ({ topic, key, meta }) => JSON.stringify([topic, key, meta]).length + 2 * DOT_LENGTH;

/**
 * The same delta in pieces of about `limit` characters of JSON, each of which can be merged without the others. An entry
 * that is left out looks like a removed one.
 */
export function splitDelta(delta: Delta, limit: number, weigh: Weigh = weighEntry): Delta[] {
  const pieces: Delta[] = [];
  for (const [replica, part] of delta) {
    for (const piece of splitPart(part, limit, weigh)) pieces.push(new Map([[replica, piece]]));
  }
  return pieces;
}

function* splitPart(part: Part, limit: number, weigh: Weigh): Iterable<Part> {
  // Removals go first: when they are lost, the clock of the receiver stays behind, and it will ask for them.
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
