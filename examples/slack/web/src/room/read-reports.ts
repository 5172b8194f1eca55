/** Milliseconds between two reports. */
const THROTTLE_MS = 300;

/** Tells how far the user has read: soon after it has changed, not with every message of a busy room. */
export class ReadReports {
  readonly #tell: (seq: number) => PromiseLike<unknown>;
  #seen = 0;
  #told = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (seq: number) => PromiseLike<unknown>) {
    this.#tell = tell;
  }

  see(seq: number): void {
    if (seq <= this.#told) return;
    this.#seen = Math.max(this.#seen, seq);
    this.#timer ??= setTimeout(this.flush, THROTTLE_MS);
  }

  /** Tells at once what waits to be told. */
  readonly flush = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [seen, before] = [this.#seen, this.#told];
    if (seen <= before) return;
    this.#told = seen;
    // What has failed is told again when it is seen again: after the next join, or with the next message.
    this.#tell(seen).then(undefined, () => {
      this.#told = Math.min(this.#told, before);
      this.#seen = this.#told;
    });
  };
}
