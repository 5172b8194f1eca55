/** The tries of this node: those whose handlers run, and those that were claimed and will never run. */

/** How many of each are known. Beyond it the oldest is forgotten: then it counts as one of another node. */
const MOST = 100_000;

export class Running {
  /** By token: who waits for its end. */
  readonly #running = new Map<string, Set<() => void> | undefined>();
  readonly #abandoned = new Set<string>();

  began(token: string): void {
    limit(this.#running);
    this.#running.set(token, undefined);
  }

  has(token: string): boolean {
    return this.#running.has(token);
  }

  isAbandoned(token: string): boolean {
    return this.#abandoned.has(token);
  }

  knows(token: string): boolean {
    return this.has(token) || this.isAbandoned(token);
  }

  ended(token: string): void {
    const waiting = this.#running.get(token);
    this.#running.delete(token);
    if (waiting !== undefined) for (const done of waiting) done();
  }

  abandoned(token: string): void {
    limit(this.#abandoned);
    this.#abandoned.add(token);
    this.ended(token);
  }

  /** Waits until a try has ended. False: the timer was faster. */
  waitFor(token: string, timer: (done: () => void) => { cancel(): void }): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#running.get(token) ?? new Set();
      const ended = (): void => {
        late.cancel();
        resolve(true);
      };
      const late = timer(() => {
        waiting.delete(ended);
        resolve(false);
      });
      waiting.add(ended);
      this.#running.set(token, waiting);
    });
  }
}

function limit(known: Map<string, unknown> | Set<string>): void {
  const oldest = known.keys().next();
  if (known.size >= MOST && oldest.done === false) known.delete(oldest.value);
}
