/** Broadcasts go through the history of their topic where that keeps the event, and through PubSub alone elsewhere. */
import { BroadcastError, PublishError, WingbeatError } from "../errors.ts";
import type { DatabaseTransaction, History, Pending, Position, PubSub, Sender, TopicRule } from "../pubsub.ts";
import { checkKeys } from "../options.ts";
import type { OutgoingBroadcast } from "./broadcast.ts";

/** How an event is published. */
export interface PublishEventOptions {
  /** The idempotency key, at most 128 bytes: the same one is stored and sent once. */
  readonly id?: string | undefined;
  readonly transaction?: undefined;
}

/** How an event is published by a transaction of the application. */
export interface TransactionOptions {
  /** A client of `pg`, between BEGIN and COMMIT. */
  readonly transaction: DatabaseTransaction;
  readonly id?: string | undefined;
}

/**
 * Broadcasts a message. Returns it when it is recorded, and the store has not answered yet. Throws `BroadcastError`.
 */
export function broadcast(
  pubsub: PubSub,
  message: OutgoingBroadcast,
  dispatcher: string,
  sender?: Sender,
): Pending | undefined {
  const { topic, event } = message;
  const { history } = pubsub;
  const rule = history?.ruleFor(topic, event);
  if (history === undefined || rule === undefined) {
    if (sender === undefined) pubsub.broadcast(topic, message, dispatcher);
    else pubsub.broadcastFrom(sender.owner, topic, message, dispatcher);
    return undefined;
  }
  try {
    const pending = history.publish(rule, message, sender);
    if (pending.outcome instanceof PublishError) throw pending.outcome;
    return pending.outcome === undefined ? pending : undefined;
  } catch (error) {
    throw error instanceof PublishError ? new BroadcastError(topic, error) : error;
  }
}

/**
 * Records an event of a topic. Rejects with `WB_OPTION` when the topic does not keep such events, with an EncodeError, and with
 * a PublishError; in a transaction also with the error of the database. Throws `WB_OPTION` for an unknown option.
 */
export function publish(
  pubsub: PubSub,
  make: () => OutgoingBroadcast,
  options: PublishEventOptions | TransactionOptions,
): Promise<Position | void> {
  checkKeys("publish", options, ["id", "transaction"]);
  const { id, transaction } = options;
  if (transaction === undefined) return publishNow(pubsub, make, { id });
  return publishIn(pubsub, transaction, make, id);
}

/** A PublishError is reported by telemetry, and must not end the process of a caller that does not wait for it. */
function publishNow(pubsub: PubSub, make: () => OutgoingBroadcast, sender: Sender): Promise<Position> {
  let publishing: Promise<Position>;
  try {
    const message = make();
    const { history, rule } = ruleOf(pubsub, message.topic, message.event);
    publishing = history.publishNow(rule, message, sender);
  } catch (error) {
    return Promise.reject(error as Error);
  }
  publishing.catch(() => {});
  return publishing;
}

async function publishIn(
  pubsub: PubSub,
  transaction: DatabaseTransaction,
  make: () => OutgoingBroadcast,
  id: string | undefined,
): Promise<void> {
  const message = make();
  const { history, rule } = ruleOf(pubsub, message.topic, message.event);
  return history.publishIn(transaction, rule, message, id);
}

/** The rule by which a topic keeps an event. Throws `WB_OPTION` when it does not. */
function ruleOf(pubsub: PubSub, topic: string, event: string): { readonly history: History; readonly rule: TopicRule } {
  const history = historyOf(pubsub, topic);
  const rule = history.ruleFor(topic, event);
  if (rule !== undefined) return { history, rule };
  history.requireRule(topic);
  throw new WingbeatError("WB_OPTION", `the history of "${topic}" does not keep "${event}": see events of .history().`);
}

/** Throws `WB_OPTION`. */
export function historyOf({ history }: PubSub, topic: string): History {
  if (history !== undefined) return history;
  throw new WingbeatError("WB_OPTION", `topic "${topic}" has no history: declare .history() on its channel.`);
}
