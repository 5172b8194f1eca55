/** What is known of one replica: its entries, and which of its changes have been seen. Pure. */
import { Part } from "./delta.ts";
import type { Entry } from "./delta.ts";

/** Entries that were added and removed. A replaced one is a leave and a join with the same pid, topic and key. */
export interface Changes {
  readonly joins: readonly Entry[];
  readonly leaves: readonly Entry[];
}

/** Combines both, without entries that were added and removed again. */
export function combine(first: Changes, then: Changes): Changes {
  const came = new Set(first.joins);
  const went = new Set(then.leaves);
  return {
    joins: [...first.joins.filter((entry) => !went.has(entry)), ...then.joins],
    leaves: [...first.leaves, ...then.leaves.filter((entry) => !came.has(entry))],
  };
}

/** How many changes of a replica may be seen out of order: more than a node that merely sends fast could cause. */
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

  /** Counts one more change of this node's replica. */
  advance(): number {
    return ++this.#clock;
  }

  add(entry: Entry): void {
    this.#entries.set(entry.clock, entry);
  }

  remove(entry: Entry): void {
    this.#entries.delete(entry.clock);
  }

  /** Whether it has seen changes that a node at `clock` has not. */
  isAheadOf(clock: number): boolean {
    if (this.#clock > clock) return true;
    for (const dot of this.#cloud) if (dot > clock) return true;
    return false;
  }

  /** The whole state as a part: whoever merges it knows at least as much of this replica. */
  snapshot(): Part {
    return new Part(0, this.#clock, this.#cloud, this.#entries.values());
  }

  /** Whether a part can be merged: it must not leave a gap after which too many changes would have to be remembered. */
  admits({ start, end, dots }: Part): boolean {
    let outOfOrder = this.#cloud.size + (start > this.#clock ? end - start : 0);
    for (const dot of dots) if (dot > this.#clock) outOfOrder++;
    return outOfOrder <= MAX_OUT_OF_ORDER;
  }

  /**
   * Trusts the replica's own account that it is at `clock`, whatever others have reported: everything up to there will
   * be requested again. Returns the entries beyond it, which are removed; the others stay until more is known.
   */
  rewind(clock: number): Entry[] {
    this.#clock = 0;
    this.#cloud.clear();
    const invented = [...this.#entries.values()].filter((entry) => entry.clock > clock);
    for (const entry of invented) this.remove(entry);
    return invented;
  }

  /** Merges a part. Idempotent, and independent of order. */
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
