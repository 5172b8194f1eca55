/** The longest delay of `setTimeout`; longer ones, including Infinity, fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Throws a RangeError, with the name of the value, for what is no number from `least` on. Infinity is "never". */
export function checkNumber(name: string, value: unknown, least = 0): void {
  if (typeof value === "number" && value >= least) return;
  throw new RangeError(`${name} must be a number from ${least}, or Infinity`);
}

/** A single timer for delays of any length. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  /** Calls back after `ms`, for Infinity never. Replaces a pending wait. */
  start(ms: number, callback: () => unknown): void {
    this.stop();
    if (!(ms < Infinity)) return;
    this.#handle = setTimeout(
      () => (ms > LONGEST ? this.start(ms - LONGEST, callback) : callback()),
      Math.min(ms, LONGEST),
    );
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}
