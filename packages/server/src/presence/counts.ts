/** Sends clients of huge topics the number of presences only, at a limited rate. */
import type { Timing } from "../tracker.ts";

/** Milliseconds between two `presence_count` of a topic. */
export const COUNT_PERIOD = 1_000;

export class Counts {
  readonly #timing: Timing;
  readonly #tell: (topic: string) => void;
  /** Topics that were sent a count recently: whether they have changed since. */
  readonly #told = new Map<string, { hasChanged: boolean; readonly cancel: () => void }>();

  constructor(timing: Timing, tell: (topic: string) => void) {
    this.#timing = timing;
    this.#tell = tell;
  }

  /** The number has changed: sends it now, or when the period is over. */
  changed(topic: string): void {
    const told = this.#told.get(topic);
    if (told === undefined) this.#tellNow(topic);
    else told.hasChanged = true;
  }

  stop(): void {
    for (const { cancel } of this.#told.values()) cancel();
    this.#told.clear();
  }

  #tellNow(topic: string): void {
    const cancel = this.#timing.after(COUNT_PERIOD, () => {
      const hasChanged = this.#told.get(topic)?.hasChanged === true;
      this.#told.delete(topic);
      if (hasChanged) this.#tellNow(topic);
    });
    this.#told.set(topic, { hasChanged: false, cancel });
    this.#tell(topic);
  }
}
