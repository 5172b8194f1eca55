/**
 * A command: a message of the server to the channels of a topic, which no client ever sees. It travels through PubSub
 * with a dispatcher of its own, so an event of the same name is something else.
 */
import { OutgoingBroadcast } from "./broadcast.ts";
import { Published } from "./item.ts";

export class Command extends Published {
  readonly topic: string;
  readonly command: string;
  readonly payload: unknown;
  readonly #content: OutgoingBroadcast;

  /** Throws an EncodeError for what cannot be broadcast either: an array, null, a cycle, more than 1,000 levels. */
  constructor(topic: string, command: string, payload: unknown) {
    super(undefined);
    this.#content = new OutgoingBroadcast(topic, command, payload);
    this.topic = topic;
    this.command = command;
    this.payload = this.#content.payload;
  }

  /** Snapshots the payload for later calls of {@link copyPayload}. Called while the sender is still in its call. */
  keepPayload(): void {
    this.#content.keepPayload();
  }

  /** A fresh copy of the payload as it was sent. */
  copyPayload(): unknown {
    return this.#content.copyPayload();
  }
}
