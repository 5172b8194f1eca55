/** Nodes in one process, which reach each other by JSON, as through an engine. */
import type { DeliverLocally, PubSubAdapter, PubSubMessage } from "../../src/index.ts";

export interface Nodes {
  adapter(nodeName: string): PubSubAdapter;
  /** Delivers a message to a node, as if another one had sent it. */
  deliver(nodeName: string, message: PubSubMessage): void;
}

export function hubAdapter(): Nodes {
  const delivers = new Map<string, DeliverLocally>();
  const deliver = (nodeName: string, message: PubSubMessage): void => delivers.get(nodeName)?.(message);
  const carry = (nodeName: string, message: PubSubMessage): void =>
    deliver(nodeName, JSON.parse(JSON.stringify(message)) as PubSubMessage);
  return {
    adapter: (nodeName) => ({
      nodeName,
      start: (receive) => void delivers.set(nodeName, receive),
      broadcast: (message) => {
        for (const name of delivers.keys()) if (name !== nodeName) carry(name, message);
      },
      directBroadcast: carry,
      stop: () => void delivers.delete(nodeName),
    }),
    deliver,
  };
}
