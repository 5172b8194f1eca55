/**
 * The ids on which a "disconnect" was broadcast recently, by this node or another. A client that is still connecting is
 * not subscribed to its id yet: if its session was revoked since `connect` began, it is found here and closed.
 */

/** How long an id is kept, in ms: longer than `connect` takes. */
const KEPT_FOR = 60_000;
/** How many ids are kept; beyond it the oldest is dropped. */
const MAX_IDS = 10_000;

export class Disconnects {
  /** The time of the last "disconnect" by id, oldest first. */
  readonly #times = new Map<string, number>();

  /** A "disconnect" on an id was broadcast. */
  add(id: string, now = performance.now()): void {
    this.#times.delete(id);
    this.#times.set(id, now);
    for (const [oldest, time] of this.#times) {
      if (this.#times.size <= MAX_IDS && now - time <= KEPT_FOR) return;
      this.#times.delete(oldest);
    }
  }

  /** Whether there was one since a time. */
  hasSince(id: string, time: number): boolean {
    return (this.#times.get(id) ?? -Infinity) >= time;
  }

  get size(): number {
    return this.#times.size;
  }
}
