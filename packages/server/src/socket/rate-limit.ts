/** How often a client may do something: token buckets, made when a connection first needs them. */
import { performance } from "node:perf_hooks";

/** A client that pauses saves up this many seconds' worth, and may spend it at once. */
const BURST_S = 2;

/** Holds up to two seconds' worth of permissions; each costs one, and they come back at `perSecond`. */
export class TokenBucket {
  readonly perSecond: number;
  #tokens: number;
  #updatedAt: number;

  constructor(perSecond: number, now: number = performance.now()) {
    this.perSecond = perSecond;
    this.#tokens = perSecond * BURST_S;
    this.#updatedAt = now;
  }

  /** Takes a permission. False when there is none. `now` is in ms and never runs backwards. */
  take(now: number = performance.now()): boolean {
    const earned = ((now - this.#updatedAt) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond * BURST_S, this.#tokens + earned);
    this.#updatedAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until there is one again, rounded up. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(((1 - this.#tokens) / this.perSecond) * 1000));
  }
}

/** What a socket allows each connection. Infinity: no limit. */
export interface Rates {
  readonly eventsPerSecond: number;
  readonly joinsPerSecond: number;
}

export type RefusedBy = "eventsPerSecond" | "joinsPerSecond";

/** The rates of one connection, and its patience with a client that does not heed them. */
export class RateLimit {
  readonly #events: TokenBucket | undefined;
  readonly #joins: TokenBucket | undefined;
  #patience: TokenBucket | undefined;

  constructor({ eventsPerSecond, joinsPerSecond }: Rates) {
    this.#events = Number.isFinite(eventsPerSecond) ? new TokenBucket(eventsPerSecond) : undefined;
    this.#joins = Number.isFinite(joinsPerSecond) ? new TokenBucket(joinsPerSecond) : undefined;
  }

  /** Which rate a message goes beyond, and how long to wait; undefined when it may pass. */
  refuse(isJoin: boolean): { readonly by: RefusedBy; readonly perSecond: number; readonly waitMs: number } | undefined {
    const events = this.#events;
    if (events?.take() === false) return { by: "eventsPerSecond", perSecond: events.perSecond, waitMs: events.waitMs };
    const joins = isJoin ? this.#joins : undefined;
    if (joins?.take() === false) return { by: "joinsPerSecond", perSecond: joins.perSecond, waitMs: joins.waitMs };
    return undefined;
  }

  /** Whether a refused client goes on at such a rate that it is to be closed: as fast again as it may. */
  isAbused(perSecond: number): boolean {
    this.#patience ??= new TokenBucket(perSecond);
    return !this.#patience.take();
  }
}
