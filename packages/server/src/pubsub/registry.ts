/** The subscriptions of each topic on this node. */

/** One subscription. Its holder removes it. */
export interface Subscription {
  readonly topic: string;
  /** The subscriber: `broadcastFrom(owner, …)` skips all its subscriptions. */
  readonly owner: unknown;
  /**
   * Receives a message, in the middle of a broadcast: keep it short. Exceptions are reported to telemetry
   * (`pubsub.delivery_failed`). With the default dispatcher all subscribers of a node get the same object.
   */
  receive(message: unknown): void;
}

const NONE: readonly Subscription[] = [];

/** A topic with one subscription, such as a connection's id, has no Set: it would take some 200 bytes. */
type Subscriptions = Subscription | Set<Subscription>;

export class Registry {
  readonly #topics = new Map<string, Subscriptions>();

  /** Returns whether it is the first of its topic. */
  add(subscription: Subscription): boolean {
    const present = this.#topics.get(subscription.topic);
    if (present === undefined) this.#topics.set(subscription.topic, subscription);
    else if (present instanceof Set) present.add(subscription);
    else this.#topics.set(subscription.topic, new Set([present, subscription]));
    return present === undefined;
  }

  /** Removes a subscription; an unknown one is not an error. Returns whether it was the last of its topic. */
  remove(subscription: Subscription): boolean {
    const present = this.#topics.get(subscription.topic);
    if (present instanceof Set) present.delete(subscription);
    const isLast = present === subscription || (present instanceof Set && present.size === 0);
    if (isLast) this.#topics.delete(subscription.topic);
    return isLast;
  }

  of(topic: string): Iterable<Subscription> {
    const present = this.#topics.get(topic);
    return present === undefined ? NONE : present instanceof Set ? present : [present];
  }

  /** How many subscriptions a topic has. */
  count(topic: string): number {
    return sizeOf(this.#topics.get(topic));
  }

  /** Each topic with its subscriptions, for the inspector. */
  *entries(): Iterable<readonly [topic: string, subscriptions: Iterable<Subscription>]> {
    for (const [topic, present] of this.#topics) yield [topic, present instanceof Set ? present : [present]];
  }

  get topics(): number {
    return this.#topics.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const present of this.#topics.values()) count += sizeOf(present);
    return count;
  }
}

function sizeOf(present: Subscriptions | undefined): number {
  if (present instanceof Set) return present.size;
  return present === undefined ? 0 : 1;
}
