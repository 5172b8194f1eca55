/** A channel's subscription to a topic beside its own: `ctx.subscribe`. */
import { Broadcast } from "../pubsub.ts";
import type { Subscription } from "../pubsub.ts";
import type { Mailbox } from "./schedule.ts";
import { schedule } from "./schedule.ts";

export interface Subscriber extends Mailbox {
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
    if (message instanceof Broadcast) schedule(this.owner, message);
    else this.owner.receive(message);
  }
}
