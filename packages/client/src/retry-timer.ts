import { run } from "./listeners.ts";
import { Timer } from "./timer.ts";

/** Calls back after a delay that grows with each try, until it is reset. One timer at most is running. */
export class RetryTimer {
  readonly #callback: () => void;
  readonly #delayOf: (tries: number) => number;
  readonly #timer = new Timer();
  #tries = 0;

  /** `delayOf` gets the number of the try, from 1, and gives milliseconds. */
  constructor(callback: () => void, delayOf: (tries: number) => number) {
    this.#callback = callback;
    this.#delayOf = delayOf;
  }

  /** Waits for the next try; a wait that was under way is replaced. What the callback throws is reported. */
  schedule(): void {
    this.#timer.start(this.#delayOf(this.#tries + 1), () => {
      this.#tries++;
      run(this.#callback);
    });
  }

  /** Stops waiting; the next try is the first again. */
  reset(): void {
    this.#timer.stop();
    this.#tries = 0;
  }
}
