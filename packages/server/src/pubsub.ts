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
import { History, systemClock } from "./pubsub/history.ts";
import type { HistoryOptions, Move, Stored } from "./pubsub/history.ts";
import { Pushes } from "./pubsub/pushes.ts";
import { Registry } from "./pubsub/registry.ts";
import type { Subscription } from "./pubsub/registry.ts";
import { emit, isObserved } from "./telemetry.ts";

export type { AdapterStatus, DeliverLocally, Position, PubSubAdapter, PubSubMessage } from "./pubsub/adapter.ts";
export { localAdapter } from "./pubsub/adapters/local.ts";
export { Broadcast } from "./pubsub/broadcast.ts";
export type * from "./pubsub/history.ts";
export { Attempt } from "./pubsub/pushes.ts";
export type { Answer, Pushes, UnknownPolicy } from "./pubsub/pushes.ts";
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

/** What keeps the history of topics, and how it is delivered. */
export interface HistorySetup extends HistoryOptions {
  /** Delivers what is recorded, and what other nodes broadcast without recording it. */
  readonly dispatcher: string;
  /** The log of a topic is not what it was: tells its subscribers here. */
  readonly moved: (subscriptions: Iterable<Subscription>, move: Move) => void;
}

/** What `new PubSub` takes. */
export interface PubSubOptions {
  /** Connects to the other nodes. Default: {@link localAdapter}, which has none. */
  readonly adapter?: PubSubAdapter;
  /** Dispatchers in addition to `default`, by name. */
  readonly dispatchers?: Readonly<Record<string, Dispatch>>;
  /** Dispatchers that are called for messages of other nodes even when nobody here has subscribed to the topic. */
  readonly unconditional?: readonly string[];
  /** Keeps what is broadcast on some topics. Default: nothing is kept. */
  readonly history?: HistorySetup | undefined;
}

/** As a dispatcher: an entry that was stored by another node. */
const HISTORY = "history";

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
  /** What is recorded. Undefined: no topic has a history. */
  readonly history: History | undefined;
  /** Remembers numbered pushes. Undefined: no channel takes them. */
  readonly pushes: Pushes | undefined;
  readonly #recorded: string | undefined;

  constructor(options: PubSubOptions = {}) {
    this.#adapter = options.adapter ?? localAdapter();
    this.#dispatchers = new Map([["default", dispatchToEach], ...Object.entries(options.dispatchers ?? {})]);
    this.#unconditional = options.unconditional ?? [];
    this.#recorded = options.history?.dispatcher;
    this.history = options.history && this.#historyOf(options.history);
    const store = options.history?.store.pushes;
    this.pushes = store && new Pushes(store, options.history?.clock ?? systemClock);
  }

  #historyOf(setup: HistorySetup): History {
    const dispatch = this.#dispatcher(setup.dispatcher);
    return new History(setup, {
      deliver: (from, message) =>
        this.#deliver(dispatch, from, message.topic, message, message.recorded?.position, "here"),
      moved: (move) => setup.moved(this.#registry.of(move.topic), move),
      sendToOthers: (entry) => this.#adapter.broadcast({ topic: entry.topic, message: entry, dispatcher: HISTORY }),
      count: (topic) => this.#registry.count(topic),
    });
  }

  /** The adapter's name of this node. */
  get nodeName(): string {
    return this.#adapter.nodeName;
  }

  /** The number of topics with subscribers here, and of their subscriptions. */
  get size(): { readonly topics: number; readonly subscriptions: number } {
    return { topics: this.#registry.topics, subscriptions: this.#registry.subscriptions };
  }

  /** @internal The topics with subscribers here, for the inspector. */
  topics(): Iterable<readonly [topic: string, subscriptions: Iterable<Subscription>]> {
    return this.#registry.entries();
  }

  /** @internal The subscriptions of a topic here, for the inspector. */
  subscriptionsOf(topic: string): Iterable<Subscription> {
    return this.#registry.of(topic);
  }

  /** The state of the adapter: whether other nodes are connected, since when, and what was lost. For a health page. */
  status(): AdapterStatus {
    const said = this.#adapter.status?.();
    const status = said ?? { adapter: "custom", state: "up", since: this.#created, queued: 0, lost: 0, missed: 0 };
    return this.history === undefined ? status : { ...status, lost: status.lost + this.history.lost };
  }

  /**
   * Connects the adapter. Resolves when it is up, or when it knows that it cannot connect for now: then this node
   * serves its own subscribers, and {@link status} says why.
   */
  async start(): Promise<void> {
    await this.#adapter.start((message) => this.#deliverFromOtherNode(message));
    await this.history?.start();
  }

  /**
   * Waits until the engine has everything that was sent to other nodes so far, or it is lost; for `ms` milliseconds at
   * the most. {@link status} says what is still queued, and what was lost.
   */
  async flush(ms: number): Promise<void> {
    const startedAt = performance.now();
    await this.history?.flush(ms);
    await this.#adapter.flush?.(Math.max(ms - (performance.now() - startedAt), 0));
  }

  async stop(): Promise<void> {
    try {
      await this.history?.stop();
    } finally {
      await this.#adapter.stop();
    }
  }

  /** Adds a subscription. Subscribing twice delivers twice. */
  subscribe(subscription: Subscription): void {
    if (this.#registry.add(subscription)) this.history?.opened(subscription.topic);
  }

  /** Removes a subscription. An unknown one is not an error. */
  unsubscribe(subscription: Subscription): void {
    if (this.#registry.remove(subscription)) this.history?.closed(subscription.topic);
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
      if (dispatcher === HISTORY) return this.#arrived(topic, arrived);
      const dispatch = this.#dispatcher(dispatcher);
      const isWanted = this.#registry.count(topic) > 0 || this.#unconditional.includes(dispatcher);
      if (!isWanted) return;
      const { message } = arrived;
      if (dispatcher === this.#recorded) this.#reportBypassed(topic, message);
      this.#deliver(dispatch, NOBODY, topic, message, arrived.position, "elsewhere");
    } catch (error) {
      emit("pubsub.delivery_failed", { topic, error });
    }
  }

  /** Another node has stored an entry. */
  #arrived(topic: string, arrived: PubSubMessage): void {
    if (this.history?.followerOf(topic) === undefined) return;
    const entry = arrived.message as Stored;
    if (!isEntry(entry) || entry.topic !== topic) throw new TypeError("another node's entry of a history is malformed");
    this.history.arrive(entry);
  }

  /** A process that does not declare the history of a topic has broadcast on it: whoever is away misses that. */
  #reportBypassed(topic: string, message: unknown): void {
    const event = (message as { readonly event?: unknown } | null)?.event;
    if (this.history === undefined || typeof event !== "string") return;
    if (this.history.ruleFor(topic, event) !== undefined) emit("history.bypassed", { topic, event });
  }
}

function reportFailure(topic: string, error: unknown): void {
  emit("pubsub.delivery_failed", { topic, subscribers: 1, error });
}

/** Whether another node has sent what `sendToOthers` sends. */
function isEntry(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  const { lineage, tag, offset, at, event, body, from, producer, seq } = value as Partial<Stored>;
  const texts: unknown[] = [lineage, tag, event, from, producer];
  return (
    texts.every((text) => typeof text === "string") &&
    [offset, at, seq].every((number) => Number.isSafeInteger(number)) &&
    (typeof body === "string" || body instanceof Uint8Array)
  );
}
