/** What the inspector itself costs, as far as it can tell: the time that its own functions take. */

/** Of listeners, which are called very often, one call in so many is measured, and stands for all. */
const SAMPLE = 16;

export class Cost {
  /** Milliseconds since the start. */
  #spent = 0;
  #isRunning = false;
  #calls = 0;

  get spent(): number {
    return this.#spent;
  }

  /** Runs something of the inspector's own. */
  run<T>(act: () => T): T {
    if (this.#isRunning) return act();
    this.#isRunning = true;
    const startedAt = performance.now();
    try {
      return act();
    } finally {
      this.#isRunning = false;
      this.#spent += performance.now() - startedAt;
    }
  }

  /** A listener whose time counts. */
  sampled<Args extends readonly unknown[]>(listener: (...args: Args) => void): (...args: Args) => void {
    return (...args) => {
      if (++this.#calls % SAMPLE !== 0) return listener(...args);
      const startedAt = performance.now();
      listener(...args);
      this.#spent += (performance.now() - startedAt) * SAMPLE;
    };
  }
}
