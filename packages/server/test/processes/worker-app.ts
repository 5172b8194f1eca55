/**
 * A worker: a process without an endpoint that broadcasts. It is told what to do by its parent, and answers each order.
 * Nothing but its broadcaster and its parent keeps it alive.
 */
import { setInterval as every } from "node:timers/promises";
import { createBroadcaster } from "../../src/index.ts";
import type { AdapterStatus, Reach } from "../../src/index.ts";
import { ADAPTER } from "./app.ts";
import { adapterOf } from "./adapters.ts";
import type { EngineName } from "./adapters.ts";

export interface WorkerSettings {
  readonly nodeName: string;
  readonly topic: string;
  readonly engine: EngineName;
  readonly enginePort: number;
}

/** What the parent may order, and what it is answered. */
export interface WorkerOrders {
  ready(options?: { timeout?: number }): Promise<readonly string[]>;
  /** Says so many things, numbered from 1 over all orders. Gives the last number. */
  say(what: { count: number; size: number }): number;
  /** Says something every 2 ms. */
  flow(): void;
  /** Ends the flow. Gives the last number. */
  pause(): number;
  look(): AdapterStatus;
  close(options?: { timeout?: number }): Promise<Reach>;
}

const { nodeName, topic, engine, enginePort } = JSON.parse(process.argv[2] ?? "") as WorkerSettings;
const worker = createBroadcaster({ pubsub: await adapterOf(engine, enginePort, { nodeName, ...ADAPTER }) });
let said = 0;
let flow = new AbortController();

function say(size: number): number {
  worker.broadcastUnchecked(topic, "said", { from: nodeName, n: ++said, text: "x".repeat(size) });
  return said;
}

async function flowOn(signal: AbortSignal): Promise<void> {
  for await (const _ of every(2, undefined, { signal })) say(1);
}

const orders: WorkerOrders = {
  async ready(options) {
    await worker.ready(options);
    return worker.nodes;
  },
  say({ count, size }) {
    for (let n = 0; n < count; n++) say(size);
    return said;
  },
  flow() {
    flow = new AbortController();
    flowOn(flow.signal).catch(() => {});
  },
  pause() {
    flow.abort();
    return said;
  },
  look: () => worker.pubsub.status(),
  close: (options) => worker.close(options),
};

process.on("message", ([order, argument]: [keyof WorkerOrders, never]) => {
  Promise.resolve(orders[order](argument)).then(
    (answer: unknown) => process.send?.({ answer }, () => order === "close" && process.disconnect()),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.({ answer: "started" });
