import { flushAll, type Connection } from "./connection.ts";
import { deliveries } from "./deliveries.ts";
import { idle } from "./joining.ts";
import type { Protocol } from "./protocol.ts";

/** How many broadcasts, and how many of them may be under way: a message ends with its last delivery. */
export interface FanPlan {
  messages: number;
  window: number;
}

/**
 * Broadcasts through the first connection of each topic, the topics in turn (message m goes to topic m mod topics).
 * Message numbers go on from `first`; resolves when every member of a topic has received each of its messages.
 */
export function fan(connections: Connection[], protocol: Protocol, first: number, plan: FanPlan): Promise<void> {
  return new Promise((resolve) => {
    const publishers = connectionsByTopic(connections).map((members) => members[0]!);
    const topics = publishers.length;
    const membersPerTopic = connections.length / topics;
    const missing = new Map<number, number>();
    const last = first + plan.messages;
    let next = first;

    const publish = (): void => {
      const publisher = publishers[next % topics]!;
      missing.set(next, membersPerTopic);
      publisher.send(protocol.publish(publisher.topic, next));
      next += 1;
    };

    const onDelivery = (_connection: Connection, number: number): void => {
      const left = missing.get(number)! - 1;
      if (left > 0) {
        missing.set(number, left);
        return;
      }
      missing.delete(number);
      if (next < last) publish();
      else if (missing.size === 0) end();
    };

    const end = (): void => {
      for (const connection of connections) connection.receiver = idle(protocol);
      resolve();
    };

    const receiver = deliveries(protocol, { expected: protocol.delivery, step: topics, onDelivery });
    for (const connection of connections) {
      connection.receiver = receiver;
      connection.next = firstAtOrAfter(first, connection.topicIndex, topics);
    }
    while (next < Math.min(first + plan.window, last)) publish();
    flushAll();
  });
}

function connectionsByTopic(connections: Connection[]): Connection[][] {
  const topics: Connection[][] = [];
  for (const connection of connections) (topics[connection.topicIndex] ??= []).push(connection);
  return topics;
}

/** The first message number from `first` on that goes to the topic. */
function firstAtOrAfter(first: number, topicIndex: number, topics: number): number {
  return first + ((topicIndex - (first % topics) + topics) % topics);
}
