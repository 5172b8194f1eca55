/** Something that goes on while it is extended, and ends by itself when it is not. */
export class Lease {
  readonly #ms: number;
  readonly #run: { begin(): void; end(): void };
  #until = 0;
  #timer: NodeJS.Timeout | undefined = undefined;

  constructor(ms: number, run: { begin(): void; end(): void }) {
    this.#ms = ms;
    this.#run = run;
  }

  extend(): void {
    this.#until = performance.now() + this.#ms;
    if (this.#timer !== undefined) return;
    this.#run.begin();
    this.#wait();
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#run.end();
  }

  #wait(): void {
    const left = this.#until - performance.now();
    this.#timer = setTimeout(() => {
      if (this.#until > performance.now()) this.#wait();
      else this.stop();
    }, left).unref();
  }
}
