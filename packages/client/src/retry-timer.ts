/** Calls back after a delay that grows with each try, until it is reset. One timer at most is running. */
export class RetryTimer {
  readonly #callback: () => void;
  readonly #delayOf: (tries: number) => number;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `delayOf` gets the number of the try, from 1, and gives milliseconds. */
  constructor(callback: () => void, delayOf: (tries: number) => number) {
    this.#callback = callback;
    this.#delayOf = delayOf;
  }

  /** Waits for the next try; a wait that was under way is replaced. */
  schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#tries++;
        this.#callback();
      },
      this.#delayOf(this.#tries + 1),
    );
  }

  /** Stops waiting; the next try is the first again. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#tries = 0;
  }
}
