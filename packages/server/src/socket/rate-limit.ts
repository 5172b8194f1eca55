/** Rate limits: token buckets, created when a connection first needs them. */
import { performance } from "node:perf_hooks";

/** The burst: a client that pauses saves up this many seconds' worth. */
const BURST_S = 2;

/** Holds up to two seconds' worth of tokens; each event costs one, and they refill at `perSecond`. */
export class TokenBucket {
  readonly perSecond: number;
  #tokens: number;
  #updatedAt: number;

  constructor(perSecond: number, now: number = performance.now()) {
    this.perSecond = perSecond;
    this.#tokens = perSecond * BURST_S;
    this.#updatedAt = now;
  }

  /** Takes a token. False when there is none. `now` is in ms and never goes backwards. */
  take(now: number = performance.now()): boolean {
    const earned = ((now - this.#updatedAt) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond * BURST_S, this.#tokens + earned);
    this.#updatedAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Milliseconds until the next token, rounded up. */
  get waitMs(): number {
    return Math.max(0, Math.ceil(((1 - this.#tokens) / this.perSecond) * 1000));
  }
}

/** The limits of each connection. Infinity: no limit. */
export interface Rates {
  readonly eventsPerSecond: number;
  readonly joinsPerSecond: number;
  /** Events per channel. */
  readonly channelEventsPerSecond: number;
}

export type RefusedBy = keyof Rates;

export interface RateRefusal {
  readonly by: RefusedBy;
  readonly perSecond: number;
  readonly waitMs: number;
}

/** The rates of one connection, and how far a client may ignore them. */
export class RateLimit {
  readonly #rates: Rates;
  #events: TokenBucket | undefined;
  #joins: TokenBucket | undefined;
  #patience: TokenBucket | undefined;
  #channels: Map<object, TokenBucket> | undefined;

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  /** Which rate a message exceeds, and how long to wait; undefined when it may pass. `channel` has its own rate. */
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

  /** Whether a rate-limited client must be closed because it keeps sending at twice its rate. */
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
