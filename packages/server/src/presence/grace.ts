/** Presences whose connection was lost, which stay for a while: who comes back in time has never been away. */
import type { Timing } from "../tracker.ts";
import type { Owner } from "./owner.ts";
import { slotOf } from "./owner.ts";

/** Ends after which a client comes back by itself. */
const INVOLUNTARY: ReadonlySet<string> = new Set(["closed", "crashed", "duplicate_join"]);

export class Grace {
  readonly #timing: Timing;
  readonly #period: number;
  /** By topic and key: the owners that are gone, oldest first. */
  readonly #waiting = new Map<string, Set<Owner>>();
  readonly #timers = new Set<() => void>();

  /** `period` in ms; 0: no grace. */
  constructor(timing: Timing, period: number) {
    this.#timing = timing;
    this.#period = period;
  }

  /** Keeps an owner's presences until the period is over, then calls `over`. False: there is no grace for it. */
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

  /** Somebody tracks this: gives an owner that had it, whose presence is to be taken over. */
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
