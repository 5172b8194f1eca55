/** Runs in a worker of `cluster.test.ts`: holds stores, and does with them what the test says. */
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import type { HistoryStore } from "../../src/pubsub/history/store.ts";
import type { Claim, PushStore, Settlement } from "../../src/pubsub/pushes/store.ts";

type Method =
  | { readonly method: "start" | "stop" }
  | { readonly method: "open"; readonly record: string; readonly next: number; readonly window: number }
  | { readonly method: "claim"; readonly record: string; readonly claim: Claim }
  | { readonly method: "settle"; readonly record: string; readonly settlement: Settlement }
  /** It is gone as soon as the call is written. */
  | { readonly method: "claim and die"; readonly record: string; readonly claim: Claim };

export type Order = Method & { readonly test: "order"; readonly namespace: string; readonly n: number };

export interface Told {
  readonly test: "told";
  readonly n: number;
  readonly value?: unknown;
  readonly error?: string;
}

const stores = new Map<string, HistoryStore>();
const nobody = { entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} };

async function obey(order: Order): Promise<unknown> {
  const { namespace } = order;
  const store = stores.get(namespace) ?? clusterAdapter({ namespace }).history();
  stores.set(namespace, store);
  const pushes = store.pushes as PushStore;
  switch (order.method) {
    case "start":
      return store.start(nobody);
    case "stop":
      return store.stop();
    case "open":
      return pushes.open(order.record, order.next, order.window);
    case "claim":
      return pushes.claim(order.record, order.claim);
    case "settle":
      return pushes.settle(order.record, order.settlement);
    case "claim and die":
      void Promise.resolve(pushes.claim(order.record, order.claim)).catch(() => {});
      await Promise.resolve();
      return process.send?.({ test: "dying" }, () => process.kill(process.pid, "SIGKILL"));
  }
}

process.on("message", (order: Order) => {
  if (order.test !== "order") return;
  const tell = (told: Omit<Told, "test" | "n">): void => {
    process.send?.({ test: "told", n: order.n, ...told } satisfies Told);
  };
  obey(order).then(
    (value) => tell({ value }),
    (error: unknown) => tell({ error: String(error) }),
  );
});

// From here on nothing that is sent to this worker is lost.
process.send?.({ test: "ready" });
