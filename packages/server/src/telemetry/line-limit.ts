/** A rate limit on the log: a client that causes a line with every frame must not fill the disk. */

const WINDOW_MS = 1_000;
/** Bytes per kind and second. The line that exceeds it is printed whole, and is the last one of its second. */
export const BYTES_PER_SECOND = 65_536;

interface Window {
  endsAt: number;
  lines: number;
  bytes: number;
  left: number;
}

/** Counts lines per kind, so that a flood of one kind hides no other. */
export class LineLimit {
  readonly #perSecond: number;
  readonly #suppressed: (kind: string, count: number) => void;
  readonly #kinds = new Map<string, Window>();
  #timer: NodeJS.Timeout | undefined = undefined;

  /**
   * `perSecond`: lines per kind; Infinity: no limit of lines or bytes. `suppressed` is called once a second with the
   * number of lines dropped.
   */
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
      this.#kinds.set(kind, (window = { endsAt: now + WINDOW_MS, lines: 0, bytes: 0, left: 0 }));
    }
    if (window.lines < this.#perSecond && window.bytes < BYTES_PER_SECOND) {
      window.lines++;
      return true;
    }
    window.left++;
    this.#timer ??= setTimeout(() => this.flush(), WINDOW_MS).unref();
    return false;
  }

  /** Counts the size of a printed line. `sizeOf` is not called when there is no limit. */
  printed(kind: string, sizeOf: () => number): void {
    const window = this.#kinds.get(kind);
    if (window !== undefined && this.#perSecond !== Infinity) window.bytes += sizeOf();
  }

  /** Reports what has been suppressed so far. */
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
