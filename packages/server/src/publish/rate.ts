/** A limit on messages per second: two seconds' worth at once. */

/** How much may be saved up, in ms. */
const BURST_MS = 2_000;

export class MessageRate {
  readonly #perSecond: number;
  /** When all that was taken is earned again, by `performance.now()`. */
  #fullAt = -Infinity;

  /** Infinity: no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Takes room for some messages and returns 0, or returns the ms after which there will be room. More than may be had
   * at once are taken when nothing else was.
   */
  take(count: number, now: number): number {
    const earned = Math.max(now, this.#fullAt);
    const cost = (count / this.#perSecond) * 1_000;
    // To the microsecond: sums of doubles are a little off, and 1,000.0000000001 ms would be said as two seconds.
    const wait = Math.round((earned + Math.min(cost, BURST_MS) - now - BURST_MS) * 1_000) / 1_000;
    if (wait > 0) return wait;
    this.#fullAt = earned + cost;
    return 0;
  }
}
