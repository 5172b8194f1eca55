/** What a tap sends to one viewer: as much as they read, and a count of the rest. */
import type { TapBatch } from "./model.ts";

/** So many bytes may wait for a viewer. */
export const TAP_BUFFER = 256 * 1024;

export class TapOutlet {
  readonly #waiting: () => number;
  readonly #push: (batch: TapBatch) => void;
  /** Frames that were left out since the last batch. */
  #left = 0;

  /** `waiting`: bytes that wait for the viewer. */
  constructor(waiting: () => number, push: (batch: TapBatch) => void) {
    this.#waiting = waiting;
    this.#push = push;
  }

  receive({ frames, dropped }: TapBatch): void {
    if (this.#waiting() > TAP_BUFFER) {
      this.#left += frames.length + dropped;
      return;
    }
    this.#push({ frames, dropped: dropped + this.#left });
    this.#left = 0;
  }
}
