/** The longest delay of `setTimeout`; longer ones, including Infinity, fire at once. */
const LONGEST = 2 ** 31 - 1;

/** A delay in milliseconds, Infinity for "never". */
export const isDelay = (value: unknown): value is number => typeof value === "number" && value >= 0;

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
