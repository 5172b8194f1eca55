/**
 * Publish and subscribe by topic, on this node and, through an adapter, on all others. Channels are built on it; it
 * knows nothing of them and can be used alone.
 *
 * A message is first passed to the adapter for the other nodes, then to the subscribers here, in the order in which
 * they subscribed. Delivery is at most once; messages of one sender arrive in order.
 */
import { onRejection } from "./awaitable.ts";
import { BroadcastError, WingbeatError } from "./errors.ts";
import type { AdapterStatus, Position, PubSubAdapter, PubSubMessage } from "./pubsub/adapter.ts";
import { localAdapter } from "./pubsub/adapters/local.ts";
import { Registry } from "./pubsub/registry.ts";
import type { Subscription } from "./pubsub/registry.ts";
import { emit, isObserved } from "./telemetry.ts";

export type { AdapterStatus, DeliverLocally, Position, PubSubAdapter, PubSubMessage } from "./pubsub/adapter.ts";
export { localAdapter } from "./pubsub/adapters/local.ts";
export { Broadcast } from "./pubsub/broadcast.ts";
export type { Subscription } from "./pubsub/registry.ts";

/**
 * Delivers one message to the subscriptions of its topic on one node. It must skip those with `owner === from`, and
 * must be registered under the same name on all nodes.
 */
export type Dispatch = (
  subscriptions: Iterable<Subscription>,
  from: unknown,
  message: unknown,
  position: Position | undefined,
) => void;

/** What `new PubSub` takes. */
export interface PubSubOptions {
  /** Connects to the other nodes. Default: {@link localAdapter}, which has none. */
  readonly adapter?: PubSubAdapter;
  /** Dispatchers in addition to `default`, by name. */
  readonly dispatchers?: Readonly<Record<string, Dispatch>>;
  /** Dispatchers that are called for messages of other nodes even when nobody here has subscribed to the topic. */
  readonly unconditional?: readonly string[];
}

/** Passes the message to every subscription except the sender's own. */
const dispatchToEach: Dispatch = (subscriptions, from, message) => {
  for (const subscription of subscriptions) {
    if (subscription.owner === from) continue;
    try {
      const { topic } = subscription;
      const result: unknown = subscription.receive(message);
      if (result !== undefined) onRejection(result, (error) => reportFailure(topic, error));
    } catch (error) {
      reportFailure(subscription.topic, error);
    }
  }
};

/** No sender: no subscription has it as owner. */
const NOBODY = Symbol("nobody");

/**
 * Publishes messages by topic to subscribers on this node and, through its adapter, on all others. An endpoint makes its own;
 * `endpoint.pubsub` is for code that subscribes or publishes without channels.
 */
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

  /** The number of topics with subscribers here, and of their subscriptions. */
  get size(): { readonly topics: number; readonly subscriptions: number } {
    return { topics: this.#registry.topics, subscriptions: this.#registry.subscriptions };
  }

  /** The state of the adapter: whether other nodes are connected, since when, and what was lost. For a health page. */
  status(): AdapterStatus {
    const said = this.#adapter.status?.();
    return said ?? { adapter: "custom", state: "up", since: this.#created, queued: 0, lost: 0, missed: 0 };
  }

  /**
   * Connects the adapter. Resolves when it is up, or when it knows that it cannot connect for now: then this node
   * serves its own subscribers, and {@link status} says why.
   */
  async start(): Promise<void> {
    await this.#adapter.start((message) => this.#deliverFromOtherNode(message));
  }

  /**
   * Waits until the engine has everything that was sent to other nodes so far, or it is lost; for `ms` milliseconds at
   * the most. {@link status} says what is still queued, and what was lost.
   */
  async flush(ms: number): Promise<void> {
    await this.#adapter.flush?.(ms);
  }

  async stop(): Promise<void> {
    await this.#adapter.stop();
  }

  /** Adds a subscription. Subscribing twice delivers twice. */
  subscribe(subscription: Subscription): void {
    this.#registry.add(subscription);
  }

  /** Removes a subscription. An unknown one is not an error. */
  unsubscribe(subscription: Subscription): void {
    this.#registry.remove(subscription);
  }

  /**
   * Sends to all subscribers on all nodes. `position`: where the message stands in the history of the topic, for dispatchers
   * that deal with it. Throws `BroadcastError` when the adapter cannot accept it.
   */
  broadcast(topic: string, message: unknown, dispatcher = "default", position?: Position): void {
    this.broadcastFrom(NOBODY, topic, message, dispatcher, position);
  }

  /** The same, without the subscriptions of `from` on this node. */
  broadcastFrom(from: unknown, topic: string, message: unknown, dispatcher = "default", position?: Position): void {
    const dispatch = this.#dispatcher(dispatcher);
    try {
      const result: unknown = this.#adapter.broadcast({ topic, message, dispatcher, position });
      if (result !== undefined) onRejection(result, (error) => emit("pubsub.delivery_failed", { topic, error }));
    } catch (error) {
      throw new BroadcastError(topic, error);
    }
    this.#deliver(dispatch, from, topic, message, position, "here");
  }

  /** Sends to the subscribers on this node only. */
  localBroadcast(topic: string, message: unknown, dispatcher = "default", position?: Position): void {
    this.localBroadcastFrom(NOBODY, topic, message, dispatcher, position);
  }

  /** The same, without the subscriptions of `from`. */
  localBroadcastFrom(
    from: unknown,
    topic: string,
    message: unknown,
    dispatcher = "default",
    position?: Position,
  ): void {
    this.#deliver(this.#dispatcher(dispatcher), from, topic, message, position, "here");
  }

  /** Sends to the subscribers on one node, which may be this one. An unknown node is not an error. */
  directBroadcast(nodeName: string, topic: string, message: unknown, dispatcher = "default"): void {
    this.#dispatcher(dispatcher);
    const result: unknown = this.#adapter.directBroadcast(nodeName, { topic, message, dispatcher });
    if (result !== undefined) onRejection(result, (error) => emit("pubsub.delivery_failed", { topic, error }));
  }

  #deliver(
    dispatch: Dispatch,
    sender: unknown,
    topic: string,
    message: unknown,
    position: Position | undefined,
    from: "here" | "elsewhere",
  ): void {
    const subscriptions = this.#registry.of(topic);
    if (isObserved("pubsub.delivered")) {
      emit("pubsub.delivered", { pubsub: this, topic, subscribers: this.#registry.count(topic), from });
    }
    const result: unknown = dispatch(subscriptions, sender, message, position);
    if (result !== undefined) onRejection(result, (error) => emit("pubsub.delivery_failed", { topic, error }));
  }

  #dispatcher(name: string): Dispatch {
    const dispatch = this.#dispatchers.get(name);
    if (dispatch !== undefined) return dispatch;
    throw new WingbeatError(
      "WB_OPTION",
      `no dispatcher "${name}": pass it to PubSub as dispatchers: { "${name}": … } on every node.`,
    );
  }

  /** Parses the message only when it has subscribers here: until then it may be raw bytes. */
  #deliverFromOtherNode(arrived: PubSubMessage): void {
    const { topic, dispatcher } = arrived;
    try {
      const dispatch = this.#dispatcher(dispatcher);
      const isWanted = this.#registry.count(topic) > 0 || this.#unconditional.includes(dispatcher);
      if (isWanted) {
        this.#deliver(dispatch, NOBODY, topic, arrived.message, arrived.position, "elsewhere");
      }
    } catch (error) {
      emit("pubsub.delivery_failed", { topic, error });
    }
  }
}

function reportFailure(topic: string, error: unknown): void {
  emit("pubsub.delivery_failed", { topic, subscribers: 1, error });
}
