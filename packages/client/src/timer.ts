/** The longest delay of `setTimeout`: it fires at once for anything beyond it, Infinity included. */
const LONGEST = 2 ** 31 - 1;

/** A delay in milliseconds, Infinity for "never". */
export const isDelay = (value: unknown): value is number => typeof value === "number" && value >= 0;

/** One timer at most is running. It takes delays of any length. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  /** Calls back after `ms`, for Infinity never. A wait that is under way is replaced. */
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
