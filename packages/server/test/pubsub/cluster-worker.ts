/** Runs in a worker of `cluster.test.ts`: holds adapters, and does with them what the test says. */
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import type { PubSubAdapter, PubSubMessage } from "../../src/pubsub.ts";

export type Order =
  | { readonly test: "start"; readonly id: number; readonly namespace: string; readonly nodeName: string }
  | { readonly test: "broadcast"; readonly id: number; readonly message: PubSubMessage }
  | { readonly test: "direct"; readonly id: number; readonly node: string; readonly message: PubSubMessage }
  | { readonly test: "stop" | "status"; readonly id: number };

export interface Answer {
  readonly test: "answer" | "delivered";
  readonly id: number;
  readonly value: unknown;
}

const adapters = new Map<number, PubSubAdapter>();
const tell = (answer: Answer): void => void process.send?.(answer);

async function start(order: Order & { test: "start" }): Promise<void> {
  const { id, namespace, nodeName } = order;
  const adapter = clusterAdapter({ namespace, nodeName });
  adapters.set(id, adapter);
  await adapter.start(({ topic, dispatcher, message, position }) =>
    tell({ test: "delivered", id, value: { topic, dispatcher, message, position } }),
  );
  tell({ test: "answer", id, value: undefined });
}

process.on("message", (order: Order) => {
  const adapter = adapters.get(order.id);
  if (order.test === "start") void start(order);
  else if (order.test === "broadcast") adapter?.broadcast(order.message);
  else if (order.test === "direct") adapter?.directBroadcast(order.node, order.message);
  else if (order.test === "status") tell({ test: "answer", id: order.id, value: adapter?.status?.() });
  else if (order.test === "stop") {
    void Promise.resolve(adapter?.stop()).then(() => tell({ test: "answer", id: order.id, value: undefined }));
  }
});

// From here on nothing that is sent to this worker is lost.
tell({ test: "answer", id: 0, value: "ready" });
