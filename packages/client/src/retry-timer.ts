import { run } from "./listeners.ts";
import { Timer } from "./timer.ts";

/** Calls back after a delay that grows with each attempt, until it is reset. At most one timer is running. */
export class RetryTimer {
  readonly #callback: () => void;
  readonly #delayOf: (tries: number) => number;
  readonly #timer = new Timer();
  #tries = 0;

  /** `delayOf` gets the number of the attempt, from 1, and returns milliseconds. */
  constructor(callback: () => void, delayOf: (tries: number) => number) {
    this.#callback = callback;
    this.#delayOf = delayOf;
  }

  /** Waits for the next attempt, replacing a pending wait. Exceptions of the callback are reported. */
  schedule(): void {
    this.#timer.start(this.#delayOf(this.#tries + 1), () => {
      this.#tries++;
      run(this.#callback);
    });
  }

  /** Stops waiting and starts counting from 1 again. */
  reset(): void {
    this.#timer.stop();
    this.#tries = 0;
  }
}
