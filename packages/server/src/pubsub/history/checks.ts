/**
 * When to compare what was delivered here with where the logs stand: when something may have been missed, and now and then,
 * for what nobody can know of.
 */
import type { Clock } from "./clock.ts";

/** Milliseconds until a check that has failed is tried again. */
const RETRY = 1_000;
/**
 * Milliseconds between checks without a reason. A store that sends entries to all nodes counts what it sends: then they only
 * keep the logs from being forgotten. With another one, a node that dies between storing and sending tells nobody.
 */
const PERIOD = 10_000;
const LONG_PERIOD = 3_600_000;

export class Checks {
  readonly #clock: Clock;
  readonly #check: () => Promise<void>;
  #isUnderWay = false;
  /** Something may have been missed since the check under way has asked. */
  #isOutdated = false;
  #isStopped = false;
  #retry: { cancel(): void } | undefined = undefined;
  #next: { cancel(): void } | undefined = undefined;

  /** `check` rejects when the store cannot be asked. */
  constructor(clock: Clock, check: () => Promise<void>) {
    this.#clock = clock;
    this.#check = check;
  }

  /** Begins to check now and then. */
  start(fansOut: boolean): void {
    this.#next = this.#clock.after(fansOut ? LONG_PERIOD : PERIOD, () => {
      void this.run();
      this.start(fansOut);
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#next?.cancel();
    this.#retry?.cancel();
  }

  /** Checks. A check under way may have asked too early: then another one follows it. */
  async run(): Promise<void> {
    this.#isOutdated = this.#isUnderWay;
    if (this.#isUnderWay || this.#isStopped) return;
    this.#isUnderWay = true;
    this.#retry?.cancel();
    try {
      await this.#check();
    } catch {
      if (!this.#isStopped) this.#retry = this.#clock.after(RETRY, () => void this.run());
    }
    this.#isUnderWay = false;
    if (this.#isOutdated) void this.run();
  }
}
