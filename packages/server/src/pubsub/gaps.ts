/**
 * Finds out which broadcasts of other nodes did not arrive: each sender counts its own, and a count that jumps shows how
 * many are missing. It is seen with the next broadcast that does arrive.
 */

/** Senders that are remembered. The one that was heard of first is forgotten, and found again without a gap. */
const MOST_SENDERS = 10_000;

export class Gaps {
  readonly #last = new Map<string, number>();

  /**
   * Takes the count of a broadcast from a sender on a stream. Gives how many are missing before it; -1 for one that
   * came already, or comes after a later one.
   */
  check(sender: string, stream: number, sequence: number): number {
    const key = stream === 0 ? sender : `${sender}${stream}`;
    const last = this.#last.get(key);
    if (last === undefined) {
      if (this.#last.size >= MOST_SENDERS) this.#last.delete(this.#last.keys().next().value as string);
      this.#last.set(key, sequence);
      return 0;
    }
    if (sequence <= last) return -1;
    this.#last.set(key, sequence);
    return sequence - last - 1;
  }
}
