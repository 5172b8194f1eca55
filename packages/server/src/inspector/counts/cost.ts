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

  /** A listener, of up to three arguments, whose time counts. */
  sampled<A, B = void, C = void>(listener: (a: A, b: B, c: C) => void): (a: A, b: B, c: C) => void {
    return (a, b, c) => {
      if (++this.#calls % SAMPLE !== 0) return listener(a, b, c);
      const startedAt = performance.now();
      listener(a, b, c);
      this.#spent += (performance.now() - startedAt) * SAMPLE;
    };
  }
}
