/**
 * Clients that are told to load their state again. When very many are told at once, because a store has lost its logs, they
 * are asked to wait a random time first: else all of them would load at the same moment.
 */
import type { Clock } from "./clock.ts";

/** How many clients may load in a second. */
const PER_SECOND = 1_000;
/** The longest wait, in milliseconds. */
export const MOST_SPREAD = 10_000;

export class Reloads {
  readonly #clock: Clock;
  /** How many clients are loading, if so many a second do. */
  #pending = 0;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One more is told. Returns of how many milliseconds it waits a random part; undefined: it need not. */
  next(): number | undefined {
    const now = this.#clock.now();
    const done = (Math.max(now - this.#last, 0) * PER_SECOND) / 1_000;
    this.#pending = Math.max(this.#pending - done, 0) + 1;
    this.#last = now;
    if (this.#pending <= PER_SECOND) return undefined;
    // Twice, because whoever waits a random time of them waits half of it on average.
    return Math.min(Math.ceil((2 * this.#pending * 1_000) / PER_SECOND), MOST_SPREAD);
  }
}
