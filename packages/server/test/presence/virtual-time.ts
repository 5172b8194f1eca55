/** Time that passes when a test says so. */
import type { Timing } from "../../src/tracker.ts";

interface Alarm {
  readonly at: number;
  readonly run: () => void;
}

export class VirtualTime implements Timing {
  #now = 0;
  #chance = 1;
  #alarms = new Set<Alarm>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { at: this.#now + ms, run };
    this.#alarms.add(alarm);
    return () => void this.#alarms.delete(alarm);
  }

  /** The same numbers in every run. */
  random(): number {
    this.#chance = (this.#chance * 16_807) % 0x7fffffff;
    return this.#chance / 0x7fffffff;
  }

  /** How many timers run. */
  get alarms(): number {
    return this.#alarms.size;
  }

  /** Lets time pass; what is due runs in order. */
  pass(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  /** Time passes, and nothing runs: the process was suspended. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  #next(end: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.at <= end && (next === undefined || alarm.at < next.at)) next = alarm;
    }
    return next;
  }
}
