/** PubSub as used by long polling: messages to a single node. */
import type { PubSub, Subscription } from "../pubsub.ts";
import { emit } from "../telemetry.ts";
import type { DirectMessages } from "../transports/longpoll.ts";

export function directMessages(pubsub: PubSub): DirectMessages {
  return {
    nodeName: pubsub.nodeName,
    subscribe(topic, receive) {
      const subscription: Subscription = { topic, owner: undefined, receive };
      pubsub.subscribe(subscription);
      return () => pubsub.unsubscribe(subscription);
    },
    send(nodeName, topic, message) {
      try {
        pubsub.directBroadcast(nodeName, topic, message);
        return true;
      } catch (error) {
        emit("pubsub.delivery_failed", { topic, error });
        return false;
      }
    },
  };
}
