/**
 * Publish and subscribe by topic, on this node and through an adapter on all others. Channels stand on it; it knows
 * nothing of them and can be used alone.
 *
 * A message is first given to the adapter for the other nodes, then to the subscribers here, in the order in which
 * they subscribed. Delivery is at most once; messages of one sender arrive in order.
 */
import { BroadcastError, WingbeatError } from "./errors.ts";
import type { AdapterStatus, PubSubAdapter, PubSubMessage } from "./pubsub/adapter.ts";
import { localAdapter } from "./pubsub/adapters/local.ts";
import { Registry } from "./pubsub/registry.ts";
import type { Subscription } from "./pubsub/registry.ts";
import { emit, isObserved } from "./telemetry.ts";

export type { AdapterStatus, DeliverLocally, PubSubAdapter, PubSubMessage } from "./pubsub/adapter.ts";
export { localAdapter } from "./pubsub/adapters/local.ts";
export { Broadcast } from "./pubsub/broadcast.ts";
export type { Subscription } from "./pubsub/registry.ts";

/**
 * Delivers one message to the subscriptions of its topic on one node. It is responsible for passing over those with
 * `owner === from`. It must be registered under the same name on all nodes.
 */
export type Dispatch = (subscriptions: Iterable<Subscription>, from: unknown, message: unknown) => void;

export interface PubSubOptions {
  /** Reaches the other nodes. Default: {@link localAdapter}, which has none. */
  readonly adapter?: PubSubAdapter;
  /** Ways of delivery beside `default`, by name. */
  readonly dispatchers?: Readonly<Record<string, Dispatch>>;
  /** Dispatchers that are also called for a message of another node when nobody here has subscribed to its topic. */
  readonly unconditional?: readonly string[];
}

/** Hands the message to every subscription but the sender's own. */
const dispatchToEach: Dispatch = (subscriptions, from, message) => {
  for (const subscription of subscriptions) {
    if (subscription.owner === from) continue;
    try {
      subscription.receive(message);
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: subscription.topic, subscribers: 1, error });
    }
  }
};

/** Nobody: no subscription has it as owner. */
const NOBODY = Symbol("nobody");

export class PubSub {
  readonly #adapter: PubSubAdapter;
  readonly #registry = new Registry();
  readonly #created = Date.now();
  readonly #dispatchers: ReadonlyMap<string, Dispatch>;
  readonly #unconditional: readonly string[];

  constructor(options: PubSubOptions = {}) {
    this.#adapter = options.adapter ?? localAdapter();
    this.#dispatchers = new Map([["default", dispatchToEach], ...Object.entries(options.dispatchers ?? {})]);
    this.#unconditional = options.unconditional ?? [];
  }

  /** The adapter's name of this node. */
  get nodeName(): string {
    return this.#adapter.nodeName;
  }

  /** How many topics have subscribers here, and how many subscriptions they have together. */
  get size(): { readonly topics: number; readonly subscriptions: number } {
    return { topics: this.#registry.topics, subscriptions: this.#registry.subscriptions };
  }

  /** How the adapter is: whether other nodes are reached, since when, and what was lost. For a health page. */
  status(): AdapterStatus {
    const said = this.#adapter.status?.();
    return said ?? { adapter: "custom", state: "up", since: this.#created, queued: 0, lost: 0, missed: 0 };
  }

  /**
   * Connects the adapter. Resolves when it is up, or knows that it cannot be for now: then this node serves its own
   * subscribers, and {@link status} says why.
   */
  async start(): Promise<void> {
    await this.#adapter.start((message) => this.#deliverFromOtherNode(message));
  }

  async stop(): Promise<void> {
    await this.#adapter.stop();
  }

  /** Adds a subscription. Subscribing twice delivers twice: each subscription stands for itself. */
  subscribe(subscription: Subscription): void {
    this.#registry.add(subscription);
  }

  /** Removes a subscription. One that is not there is no error. */
  unsubscribe(subscription: Subscription): void {
    this.#registry.remove(subscription);
  }

  /** To all subscribers on all nodes. Throws `BroadcastError` when the adapter cannot take it. */
  broadcast(topic: string, message: unknown, dispatcher = "default"): void {
    this.broadcastFrom(NOBODY, topic, message, dispatcher);
  }

  /** The same, without the subscriptions of `from` on this node. */
  broadcastFrom(from: unknown, topic: string, message: unknown, dispatcher = "default"): void {
    const dispatch = this.#dispatcher(dispatcher);
    try {
      this.#adapter.broadcast({ topic, message, dispatcher });
    } catch (error) {
      throw new BroadcastError(topic, error);
    }
    this.#deliver(dispatch, from, topic, message, "here");
  }

  /** To the subscribers on this node only. */
  localBroadcast(topic: string, message: unknown, dispatcher = "default"): void {
    this.localBroadcastFrom(NOBODY, topic, message, dispatcher);
  }

  /** The same, without the subscriptions of `from`. */
  localBroadcastFrom(from: unknown, topic: string, message: unknown, dispatcher = "default"): void {
    this.#deliver(this.#dispatcher(dispatcher), from, topic, message, "here");
  }

  /** To the subscribers on one node, which may be this one. An unknown node is no error. */
  directBroadcast(nodeName: string, topic: string, message: unknown, dispatcher = "default"): void {
    this.#dispatcher(dispatcher);
    this.#adapter.directBroadcast(nodeName, { topic, message, dispatcher });
  }

  #deliver(dispatch: Dispatch, sender: unknown, topic: string, message: unknown, from: "here" | "elsewhere"): void {
    const subscriptions = this.#registry.of(topic);
    if (isObserved("pubsub.delivered")) {
      emit("pubsub.delivered", { pubsub: this, topic, subscribers: subscriptions.size, from });
    }
    dispatch(subscriptions, sender, message);
  }

  #dispatcher(name: string): Dispatch {
    const dispatch = this.#dispatchers.get(name);
    if (dispatch !== undefined) return dispatch;
    throw new WingbeatError(
      "WB_OPTION",
      `no dispatcher "${name}": pass it to PubSub as dispatchers: { "${name}": … } on every node.`,
    );
  }

  /** Reads the message only when somebody here wants it: until then it may be bytes that nobody has parsed. */
  #deliverFromOtherNode(arrived: PubSubMessage): void {
    const { topic, dispatcher } = arrived;
    try {
      const dispatch = this.#dispatcher(dispatcher);
      const isWanted = this.#registry.of(topic).size > 0 || this.#unconditional.includes(dispatcher);
      if (isWanted) this.#deliver(dispatch, NOBODY, topic, arrived.message, "elsewhere");
    } catch (error) {
      emit("pubsub.delivery_failed", { topic, error });
    }
  }
}
