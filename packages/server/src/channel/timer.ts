/** A message on its way to a channel: made by `ctx.sendAfter`. */
export class Timer {
  readonly #timers: Set<Timer>;
  readonly #handle: NodeJS.Timeout;

  /** `timers` is the channel's set of running timers; the timer leaves it when it fires or is cancelled. */
  constructor(timers: Set<Timer>, ms: number, fire: () => void) {
    this.#timers = timers;
    timers.add(this);
    this.#handle = setTimeout(() => {
      timers.delete(this);
      fire();
    }, ms);
  }

  /** Stops the timer. False when it has fired or was cancelled already. */
  cancel(): boolean {
    clearTimeout(this.#handle);
    return this.#timers.delete(this);
  }
}
