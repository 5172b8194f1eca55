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
  /** Events of each channel by itself. */
  readonly channelEventsPerSecond: number;
}

export type RefusedBy = keyof Rates;

export interface RateRefusal {
  readonly by: RefusedBy;
  readonly perSecond: number;
  readonly waitMs: number;
}

/** The rates of one connection, and its patience with a client that does not heed them. */
export class RateLimit {
  readonly #rates: Rates;
  #events: TokenBucket | undefined;
  #joins: TokenBucket | undefined;
  #patience: TokenBucket | undefined;
  #channels: Map<object, TokenBucket> | undefined;

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  /** Which rate a message goes beyond, and how long to wait; undefined when it may pass. `channel` has its own rate. */
  refuse(isJoin: boolean, channel?: object): RateRefusal | undefined {
    const { eventsPerSecond, joinsPerSecond, channelEventsPerSecond } = this.#rates;
    if (eventsPerSecond < Infinity) {
      this.#events ??= new TokenBucket(eventsPerSecond);
      if (!this.#events.take()) return refusal("eventsPerSecond", this.#events);
    }
    if (isJoin && joinsPerSecond < Infinity) {
      this.#joins ??= new TokenBucket(joinsPerSecond);
      if (!this.#joins.take()) return refusal("joinsPerSecond", this.#joins);
    }
    if (channel === undefined || channelEventsPerSecond === Infinity) return undefined;
    const bucket = this.#bucketOf(channel, channelEventsPerSecond);
    return bucket.take() ? undefined : refusal("channelEventsPerSecond", bucket);
  }

  /** The channel has ended. */
  forget(channel: object): void {
    this.#channels?.delete(channel);
  }

  /** Whether a refused client goes on at such a rate that it is to be closed: as fast again as it may. */
  isAbused(perSecond: number): boolean {
    this.#patience ??= new TokenBucket(perSecond);
    return !this.#patience.take();
  }

  #bucketOf(channel: object, perSecond: number): TokenBucket {
    this.#channels ??= new Map();
    let bucket = this.#channels.get(channel);
    if (bucket === undefined) this.#channels.set(channel, (bucket = new TokenBucket(perSecond)));
    return bucket;
  }
}

const refusal = (by: RefusedBy, { perSecond, waitMs }: TokenBucket): RateRefusal => ({ by, perSecond, waitMs });
