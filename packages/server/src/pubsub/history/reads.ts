/** The reads of a store that are under way on this node: more than a few at once would only wait for each other. */

/** How many reads are under way at once. Further ones wait. */
export const MOST_READS = 64;
/** How many may wait, while the store is slow. Further ones fail at once. */
export const MOST_WAITING_READS = 10_000;

export class Reads {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Runs a read when it is its turn. Rejects when too many wait. */
  async run<T>(read: () => T | Promise<T>): Promise<T> {
    if (this.#waiting.length >= MOST_WAITING_READS) {
      throw new Error(`${MOST_WAITING_READS} reads wait for the history store already: it is too slow`);
    }
    if (this.#running >= MOST_READS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
