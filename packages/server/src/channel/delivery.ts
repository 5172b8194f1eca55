/** How a push is delivered to a client that is behind: plain data, declared with `.pushes`. */

/** The newest of each key: what still waits for a slow client is replaced by what comes after it. */
export interface Conflate<Payload = never> {
  readonly "~delivery": "conflate";
  readonly key: (payload: Payload) => string | number;
}

/** Dropped for a client that is behind. */
export interface Volatile {
  readonly "~delivery": "volatile";
}

/** How an event is delivered. Without a declaration everything is sent, in order, within `maxBufferedBytes`. */
export type Delivery<Payload = never> = Conflate<Payload> | Volatile;

/** The events of a channel that a client which is behind need not get. */
export type Deliveries = ReadonlyMap<string, Delivery>;

/**
 * For events of which only the newest counts: a client that is behind (`maxUnackedBytes`, `ackTimeout`) gets the newest for
 * each key, and skips those between. Without a key: the newest of the event. `key` is only called for clients that are
 * behind. When it throws, or returns anything but a string or number, the event is sent like any other, and reported
 * (`channel.key_failed`).
 *
 * @example
 * .pushes<{ cursor: Cursor }>({ cursor: conflate((cursor) => cursor.userId) })
 */
export function conflate<Payload>(key: (payload: Payload) => string | number = () => ""): Conflate<Payload> {
  return { "~delivery": "conflate", key };
}

/**
 * For events that are worthless when late: a client that is behind (`maxUnackedBytes`, `ackTimeout`) does not get them at
 * all.
 */
export function volatile(): Volatile {
  return { "~delivery": "volatile" };
}

export function isDelivery(value: unknown): value is Delivery {
  return typeof value === "object" && value !== null && "~delivery" in value;
}
