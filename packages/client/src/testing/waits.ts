/** Tests that wait for what a client does. */

/** The timers of the platform: a test that replaces them by fake ones still learns that it waits in vain. */
const startTimer = globalThis.setTimeout.bind(globalThis);
const stopTimer = globalThis.clearTimeout.bind(globalThis);

interface Wait {
  /** Settles the wait if it is over. */
  check(): void;
  /** Returns the message. */
  fail(why: string): string;
}

export class Waits {
  readonly #patience: number;
  readonly #waits = new Set<Wait>();

  /** `patience`: the longest wait, in ms. */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /**
   * What `take` gives, as soon as it gives something. Rejects after the longest wait, and when the server is closed, with
   * what `missing` says; at once when `take` throws. A test need not await it.
   */
  for<Value>(take: () => Value | undefined, missing: () => string): Promise<Value> {
    const calledFrom = new Error().stack;
    const promise = new Promise<Value>((resolve, reject) => {
      const end = () => {
        stopTimer(timer);
        this.#waits.delete(wait);
      };
      const wait: Wait = {
        check: () => {
          try {
            const value = take();
            if (value === undefined) return;
            end();
            resolve(value);
          } catch (error) {
            end();
            reject(error);
          }
        },
        fail: (why) => {
          end();
          const message = `${missing()} ${why}`;
          reject(errorFrom(message, calledFrom));
          return message;
        },
      };
      const timer = startTimer(() => wait.fail(`within ${this.#patience} ms`), this.#patience);
      this.#waits.add(wait);
      wait.check();
    });
    promise.catch(() => {});
    return promise;
  }

  /** Something has happened. */
  check(): void {
    for (const wait of [...this.#waits]) wait.check();
  }

  /** Fails the waits that are not over, and tells of each. */
  end(tell: (why: string) => void): void {
    for (const wait of [...this.#waits]) tell(wait.fail("before the server was closed"));
  }
}

/** An error that leads to the line of the test, which a timer has lost. */
function errorFrom(message: string, stack: string | undefined): Error {
  const error = new Error(message);
  const lines = stack?.split("\n").slice(1) ?? [];
  error.stack = [`Error: ${message}`, ...lines].join("\n");
  return error;
}
