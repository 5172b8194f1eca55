/** How many lines a log takes: a client that causes one with every frame must not fill a disk. */

const WINDOW_MS = 1_000;

/** Counts the lines of each kind by themselves, so that a flood of one kind hides no other. */
export class LineLimit {
  readonly #perSecond: number;
  readonly #suppressed: (kind: string, count: number) => void;
  readonly #kinds = new Map<string, { endsAt: number; printed: number; left: number }>();
  #timer: NodeJS.Timeout | undefined = undefined;

  /** `suppressed` is told how many lines of a kind were left out, once the second is over. */
  constructor(perSecond: number, suppressed: (kind: string, count: number) => void) {
    this.#perSecond = perSecond;
    this.#suppressed = suppressed;
  }

  /** Whether a line of this kind may be printed. */
  take(kind: string): boolean {
    const now = performance.now();
    let window = this.#kinds.get(kind);
    if (window === undefined || now >= window.endsAt) {
      if (window !== undefined && window.left > 0) this.#suppressed(kind, window.left);
      this.#kinds.set(kind, (window = { endsAt: now + WINDOW_MS, printed: 0, left: 0 }));
    }
    if (window.printed < this.#perSecond) {
      window.printed++;
      return true;
    }
    window.left++;
    this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS).unref();
    return false;
  }

  /** Tells what has been left out so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [kind, window] of this.#kinds) {
      const { left } = window;
      window.left = 0;
      if (left > 0) this.#suppressed(kind, left);
    }
  }
}
