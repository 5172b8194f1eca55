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

const NONE: ReadonlySet<Subscription> = new Set();

export class Registry {
  readonly #topics = new Map<string, Set<Subscription>>();

  add(subscription: Subscription): void {
    const subscriptions = this.#topics.get(subscription.topic);
    if (subscriptions === undefined) this.#topics.set(subscription.topic, new Set([subscription]));
    else subscriptions.add(subscription);
  }

  /** Removes a subscription; an unknown one is not an error. */
  remove(subscription: Subscription): void {
    const subscriptions = this.#topics.get(subscription.topic);
    if (subscriptions === undefined) return;
    subscriptions.delete(subscription);
    if (subscriptions.size === 0) this.#topics.delete(subscription.topic);
  }

  of(topic: string): ReadonlySet<Subscription> {
    return this.#topics.get(topic) ?? NONE;
  }

  get topics(): number {
    return this.#topics.size;
  }

  get subscriptions(): number {
    let count = 0;
    for (const subscriptions of this.#topics.values()) count += subscriptions.size;
    return count;
  }
}
