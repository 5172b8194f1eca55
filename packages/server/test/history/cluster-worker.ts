/** Runs in a worker of `cluster.test.ts`: holds history stores, and does with them what the test says. */
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import type { Batch, HistoryStore } from "../../src/pubsub/history/store.ts";

export interface Order {
  readonly test: "order";
  readonly id: number;
  readonly n: number;
  readonly namespace: string;
  readonly maxHistoryBytes?: number | undefined;
  readonly method: "start" | "append" | "read" | "heads" | "clear" | "stop" | "garbage" | "die after append" | "sleep";
  readonly args: readonly unknown[];
}

export interface Told {
  readonly test: "told";
  readonly id: number;
  readonly status: ReturnType<HistoryStore["status"]>;
  readonly event?: readonly ["entry" | "maybeMissed" | "moved" | "up" | "down", ...unknown[]];
  readonly answer?: {
    readonly n: number;
    readonly value?: unknown;
    readonly error?: { readonly name: string; readonly message: string };
  };
}

const stores = new Map<number, HistoryStore>();

function storeOf({ id, namespace, maxHistoryBytes }: Order): HistoryStore {
  let store = stores.get(id);
  if (store === undefined) {
    store = clusterAdapter(maxHistoryBytes === undefined ? { namespace } : { namespace, maxHistoryBytes }).history();
    stores.set(id, store);
  }
  return store;
}

/** As PubSub's own, entries have no properties that a copy would find. */
const asSent = (batch: Batch): Batch => ({
  ...batch,
  entries: batch.entries.map((entry) => Object.create(entry) as Batch["entries"][number]),
});

async function obey(order: Order): Promise<void> {
  const { id, n, method, args } = order;
  const store = storeOf(order);
  const tell = (told: Omit<Told, "test" | "id" | "status">): void => {
    process.send?.({ test: "told", id, status: store.status(), ...told } satisfies Told);
  };
  const events = {
    entry: (entry: unknown) => tell({ event: ["entry", entry] }),
    maybeMissed: () => tell({ event: ["maybeMissed"] }),
    moved: (topic: string, to: unknown) => tell({ event: ["moved", topic, to] }),
    up: () => tell({ event: ["up"] }),
    down: (reason: string) => tell({ event: ["down", reason] }),
  };
  try {
    if (method === "garbage") return void process.send?.(args[0]);
    if (method === "sleep")
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(args[0])) as never;
    if (method === "die after append") {
      void Promise.resolve(store.append(asSent(args[0] as Batch))).catch(() => {});
      // The call is sent at the end of this turn: as soon as it is written, the worker is gone.
      await Promise.resolve();
      return void process.send?.({ test: "told" }, () => process.kill(process.pid, "SIGKILL"));
    }
    const methods = { start: () => store.start(events), append: (batch: Batch) => store.append(asSent(batch)) };
    const run = (method === "start" || method === "append" ? methods[method] : store[method]) as (
      ...given: unknown[]
    ) => unknown;
    tell({ answer: { n, value: await run.apply(store, [...args]) } });
  } catch (error) {
    const { name, message } = error as Error;
    tell({ answer: { n, error: { name, message } } });
  }
}

process.on("message", (order: Order) => {
  if (order.test === "order") void obey(order);
});

// From here on nothing that is sent to this worker is lost.
process.send?.({ test: "ready" });
