/** What is known of one replica: its entries, and which of its changes have been seen. Pure. */
import { isDeepStrictEqual } from "node:util";
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
  /** Since {@link rewind}: entries beyond the clock are kept, though nobody has confirmed them. */
  #isRewound = false;

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
    this.#isRewound = true;
    return this.#dropBeyond(clock);
  }

  /**
   * After {@link rewind}: the replica says that it is at `clock`. Entries that were kept and cannot be its own are
   * removed, and returned.
   */
  confirm(clock: number): Entry[] {
    if (!this.#isRewound) return [];
    if (this.#clock >= clock) this.#isRewound = false;
    return this.#dropBeyond(Math.max(clock, this.#clock));
  }

  #dropBeyond(clock: number): Entry[] {
    const invented = [...this.#entries.values()].filter(
      (entry) => entry.clock > clock && !this.#cloud.has(entry.clock),
    );
    for (const entry of invented) this.remove(entry);
    return invented;
  }

  /** Merges a part. Idempotent, and independent of order. */
  merge(part: Part): Changes {
    const joins = [...part.entries.values()].filter((entry) => !this.#hasSeen(entry));
    const replaced = joins.flatMap(({ clock }) => this.#entries.get(clock) ?? []);
    const removed = [...part.removedFrom(this.#entries)].map((clock) => this.#entries.get(clock) as Entry);
    const leaves = [...removed, ...replaced];
    for (const entry of leaves) this.remove(entry);
    for (const entry of joins) this.add(entry);
    this.#cover(part);
    return { joins, leaves };
  }

  /** An entry that was kept by {@link rewind} counts as seen when it is the same. */
  #hasSeen(entry: Entry): boolean {
    const { clock } = entry;
    if (clock <= this.#clock || this.#cloud.has(clock)) return true;
    return this.#isRewound && isDeepStrictEqual(this.#entries.get(clock), entry);
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
