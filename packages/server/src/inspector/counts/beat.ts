/** Rates over the last ten seconds, without looking at the clock for each event: a beat marks what was counted so far. */

/** Ten seconds, and the one under way. */
const MARKS = 11;

/** Beats once a second while somebody looks. All counters of a node share one. */
export class Beat {
  readonly #times = new Float64Array(MARKS);
  #count = 0;

  constructor(now: number) {
    this.tick(now);
  }

  /** Where counters mark what they have counted so far. */
  get slot(): number {
    return (this.#count - 1) % MARKS;
  }

  tick(now: number): void {
    this.#count++;
    this.#times[this.slot] = now;
  }

  /** The slot of the oldest mark that is kept. */
  get oldest(): number {
    return this.#count <= MARKS ? 0 : this.#count % MARKS;
  }

  /** Seconds since the oldest mark, one at least: what was counted in a moment is no rate. */
  secondsUntil(now: number): number {
    return Math.max((now - (this.#times[this.oldest] as number)) / 1_000, 1);
  }
}

export class Counter {
  #total = 0;
  readonly #marks = new Float64Array(MARKS);

  add(count = 1): void {
    this.#total += count;
  }

  mark({ slot }: Beat): void {
    this.#marks[slot] = this.#total;
  }

  /** Per second. */
  rate(beat: Beat, now: number): number {
    return this.#recent(beat) / beat.secondsUntil(now);
  }

  /** Whether nothing was counted in the last ten seconds. */
  isQuiet(beat: Beat): boolean {
    return this.#recent(beat) === 0;
  }

  #recent({ oldest }: Beat): number {
    return this.#total - (this.#marks[oldest] as number);
  }
}

/** A count of the last half hour to hour: half an hour that is over, and the one under way. */
export class Count {
  #current = 0;
  #previous = 0;

  add(count = 1): void {
    this.#current += count;
  }

  /** Half an hour is over. */
  age(): void {
    this.#previous = this.#current;
    this.#current = 0;
  }

  get value(): number {
    return this.#previous + this.#current;
  }
}
