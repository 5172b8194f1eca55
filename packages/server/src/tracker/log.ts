/** What is known here of one replica: its entries, and which of its changes have been seen. Pure. */
import { Part } from "./delta.ts";
import type { Entry } from "./delta.ts";

/** Entries that have come and gone. One that was replaced is a leave and a join with the same pid, topic and key. */
export interface Changes {
  readonly joins: readonly Entry[];
  readonly leaves: readonly Entry[];
}

/** Both in one, without the entries that have only come to go. */
export function combine(first: Changes, then: Changes): Changes {
  const came = new Set(first.joins);
  const went = new Set(then.leaves);
  return {
    joins: [...first.joins.filter((entry) => !went.has(entry)), ...then.joins],
    leaves: [...first.leaves, ...then.leaves.filter((entry) => !came.has(entry))],
  };
}

/** Changes of one replica that may have been seen out of order: more are not those of a node that merely sends fast. */
const MAX_OUT_OF_ORDER = 100_000;

export class ReplicaLog {
  #clock = 0;
  /** Changes seen out of order, beyond the clock. */
  readonly #cloud = new Set<number>();
  readonly #entries = new Map<number, Entry>();

  /** All changes up to here have been seen. */
  get clock(): number {
    return this.#clock;
  }

  get entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  /** Counts one more change of the own replica. */
  advance(): number {
    return ++this.#clock;
  }

  add(entry: Entry): void {
    this.#entries.set(entry.clock, entry);
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry.clock);
  }

  /** Whether it has seen changes that somebody at `clock` has not. */
  isAheadOf(clock: number): boolean {
    if (this.#clock > clock) return true;
    for (const dot of this.#cloud) if (dot > clock) return true;
    return false;
  }

  /** Everything, as a part: who merges it knows at least as much of this replica. */
  snapshot(): Part {
    return new Part(0, this.#clock, this.#cloud, this.#entries.values());
  }

  /** Whether a part can be merged: it must not leave a gap behind which very many changes would have to be kept in mind. */
  admits({ start, end, dots }: Part): boolean {
    let outOfOrder = this.#cloud.size + (start > this.#clock ? end - start : 0);
    for (const dot of dots) if (dot > this.#clock) outOfOrder++;
    return outOfOrder <= MAX_OUT_OF_ORDER;
  }

  /**
   * Believes that the replica itself is at `clock`, no matter what others have told of it: everything up to there will be
   * asked for again. Gives the entries beyond it, which are removed; the others stay until it is known better.
   */
  rewind(clock: number): Entry[] {
    this.#clock = 0;
    this.#cloud.clear();
    const invented = [...this.#entries.values()].filter((entry) => entry.clock > clock);
    for (const entry of invented) this.remove(entry);
    return invented;
  }

  /** Merges a part. Twice changes nothing; the order of parts does not matter. */
  merge(part: Part): Changes {
    const joins = [...part.entries.values()].filter((entry) => !this.#hasSeen(entry.clock));
    const leaves = [...part.removedFrom(this.#entries)].map((clock) => this.#entries.get(clock) as Entry);
    for (const entry of leaves) this.remove(entry);
    for (const entry of joins) this.add(entry);
    this.#cover(part);
    return { joins, leaves };
  }

  #hasSeen(clock: number): boolean {
    return clock <= this.#clock || this.#cloud.has(clock) || this.#entries.has(clock);
  }

  #cover({ start, end, dots }: Part): void {
    if (start <= this.#clock) this.#clock = Math.max(this.#clock, end);
    else for (let clock = start + 1; clock <= end; clock++) this.#cloud.add(clock);
    for (const clock of dots) this.#cloud.add(clock);
    if (this.#cloud.size === 0) return;
    while (this.#cloud.has(this.#clock + 1)) this.#clock++;
    for (const clock of this.#cloud) if (clock <= this.#clock) this.#cloud.delete(clock);
  }
}
