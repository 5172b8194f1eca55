/** The reads of a store that are under way on this node: more than a few at once would only wait for each other. */

/** How many reads are under way at once. Further ones wait. */
export const MOST_READS = 64;

export class Reads {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** Runs a read when it is its turn. */
  async run<T>(read: () => T | Promise<T>): Promise<T> {
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
