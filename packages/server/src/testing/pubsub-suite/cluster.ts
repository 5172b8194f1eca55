/** Some nodes that reach each other, and subscribers that remember what they get. */
import { WingbeatError } from "../../errors.ts";
import { PubSub } from "../../pubsub.ts";
import type { Dispatch, Position, PubSubAdapter, Subscription } from "../../pubsub.ts";
import { Inbox } from "../inbox.ts";
import { show } from "../match.ts";

/** What the dispatcher named `labelled` delivers. */
export interface Labelled {
  readonly labelled: unknown;
  /** Whether the dispatcher was told of a sender that is one of this node's owners. */
  readonly from: unknown;
  readonly position?: Position;
}

/** The suite's own dispatcher: passes on the sender, and excludes no subscriber. */
const labelled: Dispatch = (subscriptions, from, message, position) => {
  for (const subscription of subscriptions) {
    subscription.receive({
      labelled: message,
      from: typeof from === "symbol" ? "nobody" : from,
      ...(position === undefined ? {} : { position }),
    } satisfies Labelled);
  }
};

/** A subscriber that records what it gets, in order. */
export class Listener implements Subscription {
  readonly topic: string;
  readonly owner: unknown;
  readonly #received: unknown[] = [];
  readonly #inbox = new Inbox<unknown>(() => undefined);
  readonly #timeout: number;

  constructor(topic: string, owner: unknown, timeout: number) {
    this.topic = topic;
    this.owner = owner ?? this;
    this.#timeout = timeout;
  }

  receive(message: unknown): void {
    this.#received.push(message);
    this.#inbox.add(message);
  }

  /** Waits for the message `last`, and returns everything up to it. */
  async until(last: unknown): Promise<readonly unknown[]> {
    await this.#inbox.take((message) => message === last, this.#timeout, {
      assertion: `a subscriber of "${this.topic}"`,
      expected: show(last),
      describe: show,
    });
    return this.#received;
  }
}

export class PubSubCluster {
  readonly #nodes: readonly PubSub[];
  readonly #timeout: number;

  constructor(adapters: readonly PubSubAdapter[], timeout: number) {
    this.#nodes = adapters.map((adapter) => new PubSub({ adapter, dispatchers: { labelled } }));
    this.#timeout = timeout;
  }

  node(index: number): PubSub {
    const node = this.#nodes[index];
    if (node === undefined)
      throw new WingbeatError("WB_OPTION", `pubsubSuite: adapters() did not create adapter ${index + 1}.`);
    return node;
  }

  /** Subscribes to a topic on a node. Several listeners of one `owner` are one sender to `broadcastFrom`. */
  listen(index: number, topic: string, owner?: unknown): Listener {
    const listener = new Listener(topic, owner, this.#timeout);
    this.node(index).subscribe(listener);
    return listener;
  }

  async start(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.start()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.stop()));
  }
}
