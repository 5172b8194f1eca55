/** The broadcasts of a channel that are on their way into the history of its topic. */

/** Milliseconds to wait for the store. After that the channel goes on. */
const TIMEOUT = 5_000;

export class Storing {
  #count = 0;
  #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;

  get isDone(): boolean {
    return this.#count === 0;
  }

  /** One more; returns what is called when it is stored, or was refused. */
  add(): () => void {
    this.#count++;
    return () => {
      if (--this.#count === 0) this.#finish();
    };
  }

  /** Calls back when all are done. */
  whenDone(run: () => void): void {
    this.#waiting.push(run);
    this.#timer ??= setTimeout(() => this.#finish(), TIMEOUT).unref();
  }

  #finish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) run();
  }
}
