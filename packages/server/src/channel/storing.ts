/** The broadcasts of a channel that are on their way into the history of its topic. */

/** Milliseconds to wait for the store. After that the channel goes on. */
const TIMEOUT = 5_000;

export class Storing {
  #added = 0;
  #settled = 0;
  /** How many must be settled before {@link whenDone} calls back. */
  #target = 0;
  #done: (() => void) | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;

  /** One more; returns what is called when it is stored, or was refused. */
  add(): () => void {
    this.#added++;
    return () => {
      this.#settled++;
      if (this.#done !== undefined && this.#settled >= this.#target) this.#finish();
    };
  }

  /** Calls back when all that were added until now are settled. One caller at a time. */
  whenDone(done: () => void): void {
    // An async callback may take longer than its broadcasts.
    if (this.#settled === this.#added) return done();
    this.#target = this.#added;
    this.#done = done;
    this.#timer = setTimeout(() => this.#finish(), TIMEOUT);
  }

  #finish(): void {
    clearTimeout(this.#timer);
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}
