/** How many broadcasts each topic gets: of the busiest ones, in bounded memory. */

/** So many topics are kept of the busiest. Twice as many are counted before the others are forgotten. */
const KEPT = 1_000;

export class HotTopics {
  #current = new Map<string, number>();
  #last = new Map<string, number>();
  #since: number;
  #lastSeconds = 0;

  constructor(now: number) {
    this.#since = now;
  }

  add(topic: string): void {
    this.#current.set(topic, (this.#current.get(topic) ?? 0) + 1);
    if (this.#current.size >= 2 * KEPT) this.#current = busiest(this.#current);
  }

  /** Ten seconds are over. */
  turn(now: number): void {
    this.#last = busiest(this.#current);
    this.#lastSeconds = (now - this.#since) / 1_000;
    this.#current = new Map();
    this.#since = now;
  }

  /** Per second, over the last ten seconds: a share of the window before stands for its end. */
  rate(topic: string, now: number): number {
    const seconds = Math.max((now - this.#since) / 1_000, 1);
    const current = this.#current.get(topic) ?? 0;
    if (this.#lastSeconds === 0) return current / seconds;
    const past = Math.max(10 - (now - this.#since) / 1_000, 0);
    const before = (this.#last.get(topic) ?? 0) / this.#lastSeconds;
    return (current + before * past) / Math.max(10, seconds);
  }

  /** Those that got something. */
  names(): Iterable<string> {
    return new Set([...this.#last.keys(), ...this.#current.keys()]);
  }
}

function busiest(counts: Map<string, number>): Map<string, number> {
  if (counts.size <= KEPT) return counts;
  return new Map([...counts].sort(([, a], [, b]) => b - a).slice(0, KEPT));
}
