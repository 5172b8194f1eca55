/** A channel's subscription to a topic beside its own: `ctx.subscribe`. */
import type { Subscription } from "../pubsub.ts";

export interface Subscriber {
  receive(message: unknown): void;
}

export class TopicSubscription implements Subscription {
  readonly topic: string;
  readonly owner: Subscriber;

  constructor(topic: string, owner: Subscriber) {
    this.topic = topic;
    this.owner = owner;
  }

  receive(message: unknown): void {
    this.owner.receive(message);
  }
}
