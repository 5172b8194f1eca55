/**
 * Rate limits: token buckets that hold two seconds' worth. Each event costs one token.
 *
 * A bucket is one number: when it will be full again, by `performance.now()`. Taking a token puts that off by the time
 * that one token takes to refill; a bucket that will not be full within the burst is empty.
 */

/** The burst: a client that pauses saves up this many ms' worth. */
const BURST_MS = 2_000;
/** In ms: the sum of many refill times is not exact. */
const ROUNDING = 0.001;

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

/** The rates of one connection, and how far a client may ignore them. `now` is `performance.now()`. */
export class RateLimit {
  readonly #rates: Rates;
  // When each bucket is full again. -Infinity, not 0: V8 then stores a plain double from the start.
  #events = -Infinity;
  #joins = -Infinity;
  #patience: number | undefined = undefined;
  #channels: Map<object, number> | undefined = undefined;

  constructor(rates: Rates) {
    this.#rates = rates;
  }

  /** Which rate a message exceeds, and how long to wait; undefined when it may pass. `channel` has its own rate. */
  refuse(isJoin: boolean, channel: object | undefined, now: number): RateRefusal | undefined {
    const { eventsPerSecond, joinsPerSecond, channelEventsPerSecond } = this.#rates;
    const events = take(this.#events, eventsPerSecond, now);
    if (isEmpty(events, now)) return refusal("eventsPerSecond", eventsPerSecond, events, now);
    this.#events = events;
    if (isJoin) {
      const joins = take(this.#joins, joinsPerSecond, now);
      if (isEmpty(joins, now)) return refusal("joinsPerSecond", joinsPerSecond, joins, now);
      this.#joins = joins;
    }
    if (channel === undefined || channelEventsPerSecond === Infinity) return undefined;
    this.#channels ??= new Map();
    const ofChannel = take(this.#channels.get(channel) ?? now, channelEventsPerSecond, now);
    if (isEmpty(ofChannel, now)) return refusal("channelEventsPerSecond", channelEventsPerSecond, ofChannel, now);
    this.#channels.set(channel, ofChannel);
    return undefined;
  }

  /** The channel has ended. */
  forget(channel: object): void {
    this.#channels?.delete(channel);
  }

  /** Whether a rate-limited client must be closed because it keeps sending at twice its rate. */
  isAbused(perSecond: number, now: number): boolean {
    const patience = take(this.#patience ?? now, perSecond, now);
    if (isEmpty(patience, now)) return true;
    this.#patience = patience;
    return false;
  }
}

/** When a bucket is full again after one more token, whether or not it has one. */
export const take = (fullAt: number, perSecond: number, now: number): number =>
  Math.max(fullAt, now) + 1_000 / perSecond;

/** Whether a bucket had no token for the one that was taken. */
export const isEmpty = (fullAt: number, now: number): boolean => fullAt > now + BURST_MS + ROUNDING;

/** Milliseconds until an empty bucket has that token. */
export const waitMs = (fullAt: number, now: number): number => Math.ceil(fullAt - now - BURST_MS - ROUNDING);

function refusal(by: RefusedBy, perSecond: number, fullAt: number, now: number): RateRefusal {
  return { by, perSecond, waitMs: waitMs(fullAt, now) };
}
