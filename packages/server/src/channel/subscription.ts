/** A channel's subscriptions to topics beside its own: `ctx.subscribe` and `ctx.fastlane`. */
import type { Broadcast, Subscription } from "../pubsub.ts";
import type { OutgoingBroadcast } from "./broadcast.ts";

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

/** Decides for one client about one broadcast: whether it is sent. It must not change the payload. */
export type Gate = (broadcast: Pick<Broadcast, "topic" | "event" | "payload">) => boolean;

/** A channel, as far as broadcasts for its client are concerned. */
export interface FastlaneOwner {
  readonly topic: string;
  receiveBroadcast(broadcast: OutgoingBroadcast, isNews: boolean): void;
  receive(message: unknown): void;
}

/** Broadcasts of another topic that go to the client, as if they were made on the channel's own topic. */
export class FastlaneSubscription implements Subscription {
  readonly topic: string;
  readonly owner: FastlaneOwner;
  readonly #gate: Gate | undefined;

  constructor(topic: string, owner: FastlaneOwner, gate: Gate | undefined) {
    this.topic = topic;
    this.owner = owner;
    this.#gate = gate;
  }

  /** Throws what the gate throws: the failure is reported, and the client does not get the broadcast. */
  pass(broadcast: OutgoingBroadcast, isNews: boolean): void {
    if (this.#gate !== undefined && !this.#gate(broadcast)) return;
    this.owner.receiveBroadcast(broadcast.on(this.owner.topic), isNews);
  }

  /** What is published other than by broadcast goes to `handleInfo`. */
  receive(message: unknown): void {
    this.owner.receive(message);
  }
}
