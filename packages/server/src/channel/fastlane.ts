/**
 * Delivery of broadcasts to channels: encoded once per serializer, framed once, and the same bytes written to every
 * client. Only channels that intercept the event, and plain subscribers, get the message itself.
 *
 * A failure of one receiver is reported; the others and the sender are not affected.
 */
import type { ServerCodec } from "@wingbeat/protocol";
import type { Broadcast, Dispatch, Move, Subscription } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import type { Frame } from "../transports/connection.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import type { Droppable } from "./droppable.ts";
import { ChannelProcess } from "./process.ts";
import type { Deliveries } from "./delivery.ts";
import { FastlaneSubscription, TopicSubscription } from "./subscription.ts";

/** The dispatcher of ordinary broadcasts. */
export const fastlane: Dispatch = (subscriptions, from, message) => deliver(subscriptions, from, message, false);

/**
 * The dispatcher of changes that callbacks made, such as presence diffs: a client gets them after the reply of a
 * callback that made such a change.
 */
export const news: Dispatch = (subscriptions, from, message) => deliver(subscriptions, from, message, true);

function deliver(subscriptions: Iterable<Subscription>, from: unknown, message: unknown, isNews: boolean): void {
  const broadcast = message instanceof OutgoingBroadcast ? message : revived(message, subscriptions);
  let codec: ServerCodec | undefined;
  let deliveries: Deliveries | undefined;
  let frame: Frame | undefined;
  let droppable: Droppable | undefined;
  let failures: Map<unknown, number> | undefined;
  const sender = broadcast.recorded?.from || undefined;
  for (const subscription of subscriptions) {
    if (subscription.owner === from) continue;
    if (sender !== undefined && subscription instanceof ChannelProcess && subscription.recovery?.sender === sender)
      continue;
    try {
      if (!(subscription instanceof ChannelProcess)) {
        if (subscription instanceof FastlaneSubscription) subscription.pass(broadcast, isNews);
        else subscription.receive(subscription instanceof TopicSubscription ? broadcast : broadcast.copy());
      } else if (subscription.isDirect) {
        if (frame === undefined || subscription.codec !== codec || subscription.deliveries !== deliveries) {
          codec = undefined;
          frame = broadcast.frame(subscription.codec);
          deliveries = subscription.deliveries;
          droppable = broadcast.droppable(frame, deliveries);
          codec = subscription.codec;
        }
        if (droppable === undefined) subscription.connection.send(frame);
        else subscription.transmit(droppable);
      } else subscription.receiveBroadcast(broadcast, isNews);
    } catch (error) {
      failures ??= new Map();
      failures.set(error, (failures.get(error) ?? 0) + 1);
    }
  }
  if (failures === undefined) return;
  const { topic, event } = broadcast;
  for (const [error, subscribers] of failures) emit("pubsub.delivery_failed", { topic, event, subscribers, error });
}

/** The log of a topic is not what it was: tells its clients. */
export function moved(subscriptions: Iterable<Subscription>, move: Move): void {
  let clients = 0;
  for (const subscription of subscriptions) {
    try {
      if (subscription instanceof ChannelProcess && subscription.moved(move)) clients++;
    } catch (error) {
      emit("pubsub.delivery_failed", { topic: move.topic, subscribers: 1, error });
    }
  }
  if (clients > 0 && move.reason !== undefined) {
    emit("history.gap", { topic: move.topic, reason: move.reason, clients });
  }
}

/** Broadcasts of other nodes arrive as plain data. Throws for anything else. */
function revived(message: unknown, subscriptions: Iterable<Subscription>): OutgoingBroadcast {
  if (typeof message !== "object" || message === null) throw new TypeError("another node's broadcast is not an object");
  const { topic, event, payload } = message as Partial<Broadcast>;
  if (typeof topic !== "string" || typeof event !== "string") {
    throw new TypeError("another node's broadcast has no topic or no event that is a string");
  }
  // All of them are on the topic on which the message came.
  for (const subscription of subscriptions) {
    if (subscription.topic === topic) break;
    throw new TypeError("another node's broadcast came on a topic that is not its own");
  }
  return new OutgoingBroadcast(topic, event, payload);
}
