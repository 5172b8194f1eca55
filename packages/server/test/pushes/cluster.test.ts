/** This process is the primary of some workers, and remembers their pushes. The suite's stores live in them; here are stand-ins. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { relayPubSub } from "wingbeat/pubsub/cluster";
import type { HistoryStore } from "../../src/pubsub/history/store.ts";
import type { Claim, Claimed, Line, PushStore, Settlement } from "../../src/pubsub/pushes/store.ts";
import { START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import type { Order, Told } from "./cluster-worker.ts";
import { pushStoreSuite } from "./store-suite.ts";
import { TestLine } from "./test-line.ts";

type Asked<Any = Order> = Any extends Order ? Omit<Any, "test" | "namespace" | "n"> : never;

const WORKER = new URL("cluster-worker.ts", import.meta.url).pathname;
const workers: Worker[] = [];
let lastOrder = 0;

async function forkWorker(): Promise<Worker> {
  const worker = cluster.fork();
  worker.setMaxListeners(0);
  await once(worker, "message");
  return worker;
}

/** The pushes of a store in a worker. */
class StandIn implements PushStore {
  readonly #worker: Worker;
  readonly #namespace: string;

  constructor(worker: Worker, namespace: string) {
    this.#worker = worker;
    this.#namespace = namespace;
  }

  open(record: string, next: number, window: number): Promise<Line> {
    return this.ask({ method: "open", record, next, window });
  }
  claim(record: string, claim: Claim): Promise<Claimed> {
    return this.ask({ method: "claim", record, claim });
  }
  settle(record: string, settlement: Settlement): Promise<boolean> {
    return this.ask({ method: "settle", record, settlement });
  }

  ask<Value>(asked: Asked): Promise<Value> {
    const n = this.order(asked);
    return new Promise((resolve, reject) => {
      const hear = (told: Told): void => {
        if (told.test !== "told" || told.n !== n) return;
        this.#worker.off("message", hear);
        if (told.error === undefined) resolve(told.value as Value);
        else reject(new Error(told.error));
      };
      this.#worker.on("message", hear);
    });
  }

  order(asked: Asked): number {
    const n = ++lastOrder;
    this.#worker.send({ ...asked, test: "order", namespace: this.#namespace, n } satisfies Order);
    return n;
  }
}

const historyOf = (pushes: StandIn): HistoryStore =>
  ({
    pushes,
    start: () => pushes.ask({ method: "start" }),
    stop: () => pushes.ask({ method: "stop" }),
  }) as Partial<HistoryStore> as HistoryStore;

beforeAll(async () => {
  cluster.setupPrimary({ exec: WORKER, execArgv: ["--import", "tsx"], args: [] });
  relayPubSub();
  workers.push(...(await Promise.all([forkWorker(), forkWorker()])));
}, START_TIME);

afterAll(async () => {
  const gone = Promise.all(workers.map((worker) => once(worker, "exit")));
  for (const worker of workers) worker.process.kill("SIGKILL");
  await gone;
});

// The primary's clock is that of this process.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  return () => vi.useRealTimers();
});

pushStoreSuite({
  name: "the primary of node:cluster",
  severalNodes: true,
  stores(count) {
    const namespace = randomUUID();
    return workers.slice(0, count).map((worker) => historyOf(new StandIn(worker, namespace)));
  },
  pass: (ms) => vi.setSystemTime(Date.now() + ms),
});

it("R-23: what a worker has claimed outlives it, and can be taken over", { timeout: TEST_TIME }, async () => {
  const namespace = randomUUID();
  const doomed = await forkWorker();
  const dying = new StandIn(doomed, namespace);
  const survivor = new StandIn(workers[0] as Worker, namespace);
  for (const store of [dying, survivor]) await store.ask({ method: "start" });
  const line = new TestLine(dying);
  await line.open();
  await line.handle(1);
  const gone = once(doomed, "exit");
  const { record, epoch } = line;
  const claim = { n: 2, epoch, acked: 1, token: "dead", attempt: 1, window: 600_000 };
  dying.order({ method: "claim and die", record, claim });
  await gone;
  const other = new TestLine(survivor, record, epoch);
  const holder = { token: "dead", attempt: 1 };
  await expect.poll(() => other.open()).toMatchObject({ last: 2 });
  expect(await other.claim(2, "own")).toEqual({ state: "running", holder });
  expect(await other.claim(2, "own", { over: holder, attempt: 2 })).toEqual({ state: "claimed" });
  expect(await other.settle(2, "own", "reply 2")).toBe(true);
  expect(await other.askAll(1, 2)).toEqual(["gone", "reply 2"]);
  await survivor.ask({ method: "stop" });
});
