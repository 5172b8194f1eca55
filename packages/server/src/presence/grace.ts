/**
 * The grace period: presences whose connection was lost stay for a while, and a client that reconnects in time was
 * never gone.
 */
import type { Timing } from "../tracker.ts";
import type { Owner } from "./owner.ts";
import { slotOf } from "./owner.ts";

/** The reasons after which a client reconnects by itself. */
const INVOLUNTARY: ReadonlySet<string> = new Set(["closed", "crashed", "duplicate_join"]);

export class Grace {
  readonly #timing: Timing;
  readonly #period: number;
  /** Owners that are gone, by topic and key, oldest first. */
  readonly #waiting = new Map<string, Set<Owner>>();
  readonly #timers = new Set<() => void>();

  /** `period` in ms; 0: no grace. */
  constructor(timing: Timing, period: number) {
    this.#timing = timing;
    this.#period = period;
  }

  /** Keeps an owner's presences for the grace period, then calls `over`. False: no grace period applies. */
  keep(owner: Owner, reason: string, over: () => void): boolean {
    if (this.#period === 0 || !INVOLUNTARY.has(reason)) return false;
    for (const slot of owner.slots) {
      const owners = this.#waiting.get(slot);
      if (owners === undefined) this.#waiting.set(slot, new Set([owner]));
      else owners.add(owner);
    }
    const cancel = this.#timing.after(this.#period, () => {
      this.#timers.delete(cancel);
      for (const slot of owner.slots) this.#remove(slot, owner);
      over();
    });
    this.#timers.add(cancel);
    return true;
  }

  /** Called when this key is tracked: returns a previous owner whose presence is taken over. */
  take(topic: string, key: string): Owner | undefined {
    if (this.#waiting.size === 0) return undefined;
    const slot = slotOf(topic, key);
    const owner = this.#waiting.get(slot)?.values().next().value;
    if (owner !== undefined) this.#remove(slot, owner);
    return owner;
  }

  stop(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#waiting.clear();
  }

  #remove(slot: string, owner: Owner): void {
    const owners = this.#waiting.get(slot);
    owners?.delete(owner);
    if (owners?.size === 0) this.#waiting.delete(slot);
  }
}
