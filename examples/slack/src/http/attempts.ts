/** Counts tries in memory, for each key by itself. Each server process counts alone. */

export interface AttemptsOptions {
  /** Tries within the window. */
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
  /** Beyond so many keys the oldest is forgotten. Default 10,000. */
  readonly maxKeys?: number;
}

interface Count {
  tries: number;
  readonly since: number;
}

export class Attempts {
  readonly #counts = new Map<string, Count>();
  readonly #limit: number;
  readonly #window: number;
  readonly #maxKeys: number;

  constructor({ limit, window, maxKeys = 10_000 }: AttemptsOptions) {
    this.#limit = limit;
    this.#window = window;
    this.#maxKeys = maxKeys;
  }

  /** Counts a try. False when there were too many. */
  take(key: string, now = Date.now()): boolean {
    const count = this.#counts.get(key);
    if (count === undefined || now - count.since >= this.#window) {
      this.#counts.delete(key); // a new window stands at the end of the order
      this.#counts.set(key, { tries: 1, since: now });
      this.#forgetOldest();
      return true;
    }
    if (count.tries >= this.#limit) return false;
    count.tries += 1;
    return true;
  }

  /** A try that was none: it succeeded. */
  giveBack(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined) count.tries = Math.max(0, count.tries - 1);
  }

  #forgetOldest(): void {
    if (this.#counts.size <= this.#maxKeys) return;
    for (const key of this.#counts.keys()) {
      this.#counts.delete(key);
      return;
    }
  }
}
