import type { Sight } from "./steps.ts";

/** Rounds of the event loop in which a late player catches up with what has come to it. */
const TURNS = 20;

/** What one client has seen and the player has not looked at yet. */
export class Inbox {
  readonly #sights: Sight[] = [];
  #wake: (() => void) | undefined;

  put(sight: Sight): void {
    this.#sights.push(sight);
    this.#wake?.();
  }

  /** The oldest sight, if there is one now. */
  take(): Sight | undefined {
    return this.#sights.shift();
  }

  /** The oldest sight, waiting up to `patience` ms for one. */
  async next(patience: number): Promise<Sight | undefined> {
    await this.hasSight(patience);
    return this.take();
  }

  /** Whether there is a sight, at the latest after `patience` ms. Leaves it in place. */
  async hasSight(patience: number): Promise<boolean> {
    if (this.#sights.length > 0) return true;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
    // The machine may have been away: what came meanwhile is read before it is missed.
    for (let turn = 0; turn < TURNS && this.#sights.length === 0; turn++) await new Promise(setImmediate);
    return this.#sights.length > 0;
  }
}
