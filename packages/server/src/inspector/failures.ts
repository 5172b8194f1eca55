/** Who has failed to get in, and how often: nobody may go on guessing. */
import { networkOf } from "../admission/gate.ts";

const MINUTE = 60_000;
/** How many networks are remembered; beyond it the oldest are forgotten. */
export const MAX_NETWORKS = 10_000;

interface Failed {
  count: number;
  readonly until: number;
}

export class Failures {
  readonly #perMinute: number;
  readonly #networks = new Map<string, Failed>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** In how many seconds somebody of this address may try again; 0: now. */
  waitOf(address: string, now = Date.now()): number {
    const failed = this.#networks.get(networkOf(address));
    if (failed === undefined || failed.count < this.#perMinute) return 0;
    return Math.max(0, Math.ceil((failed.until - now) / 1_000));
  }

  add(address: string, now = Date.now()): void {
    const network = networkOf(address);
    const failed = this.#networks.get(network);
    if (failed !== undefined && failed.until > now) {
      failed.count++;
      return;
    }
    // Taken out first: the order is that of the minutes.
    this.#networks.delete(network);
    this.#networks.set(network, { count: 1, until: now + MINUTE });
    if (this.#networks.size > MAX_NETWORKS) this.#networks.delete(this.#networks.keys().next().value as string);
  }
}
