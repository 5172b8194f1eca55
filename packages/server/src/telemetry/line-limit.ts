/** How much a log takes: a client that causes a line with every frame must not fill a disk. */

const WINDOW_MS = 1_000;
/** Bytes of one kind in a second. A line that says more is printed whole, and is the last one of its second. */
export const BYTES_PER_SECOND = 65_536;

interface Window {
  endsAt: number;
  lines: number;
  bytes: number;
  left: number;
}

/** Counts the lines of each kind by themselves, so that a flood of one kind hides no other. */
export class LineLimit {
  readonly #perSecond: number;
  readonly #suppressed: (kind: string, count: number) => void;
  readonly #kinds = new Map<string, Window>();
  #timer: NodeJS.Timeout | undefined = undefined;

  /** `perSecond`: lines of one kind; Infinity: there is no limit, nor one of bytes. `suppressed` is told once in a second. */
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

  /** How long the line was that has been printed. `sizeOf` is not called where nothing is limited. */
  printed(kind: string, sizeOf: () => number): void {
    const window = this.#kinds.get(kind);
    if (window !== undefined && this.#perSecond !== Infinity) window.bytes += sizeOf();
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
