/** This process is the primary of three workers, and keeps the logs. The suite's stores live in them; here are stand-ins. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { clusterAdapter, relayPubSub } from "wingbeat/pubsub/cluster";
import { NotStored } from "../../src/pubsub/history/store.ts";
import type {
  Appended,
  Batch,
  HistoryRule,
  HistoryStore,
  Range,
  Slice,
  StoreEvents,
  StoreStatus,
} from "../../src/pubsub/history/store.ts";
import type { Head } from "../../src/pubsub/history/position.ts";
import { START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import type { Order, Told } from "./cluster-worker.ts";
import { RULE, StoreNode } from "./store-node.ts";
import { storeSuite } from "./store-suite.ts";

const WORKER = new URL("cluster-worker.ts", import.meta.url).pathname;
const TIME = { timeout: TEST_TIME };
const TOPIC = "room:1";

const workers: Worker[] = [];
let lastId = 0;

async function forkWorker(): Promise<Worker> {
  const worker = cluster.fork();
  worker.setMaxListeners(0);
  await once(worker, "message");
  return worker;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

const sendable = (batch: Batch): Batch => ({
  ...batch,
  entries: batch.entries.map(({ event, body, from, seq, id }) => ({ event, body, from, seq, id })),
});

/** A store in a worker. */
class StandIn implements HistoryStore {
  readonly fansOut = true;
  readonly worker: Worker;
  readonly #id = ++lastId;
  readonly #namespace: string;
  readonly #maxHistoryBytes: number | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #events: StoreEvents | undefined = undefined;
  #last = 0;
  #status: StoreStatus = { store: "cluster", state: "down", since: 0 };
  readonly #onMessage = (told: Told): void => this.#hear(told);

  constructor(worker: Worker, namespace: string, maxHistoryBytes?: number) {
    this.worker = worker;
    this.#namespace = namespace;
    this.#maxHistoryBytes = maxHistoryBytes;
    worker.on("message", this.#onMessage);
  }

  start(events: StoreEvents): Promise<void> {
    this.#events = events;
    return this.ask("start");
  }
  append(batch: Batch): Promise<Appended | "unknown"> {
    return this.ask("append", sendable(batch));
  }
  read(topic: string, rule: HistoryRule, range: Range): Promise<Slice> {
    return this.ask("read", topic, rule, range);
  }
  heads(topics: readonly string[]): Promise<readonly (Head | undefined)[]> {
    return this.ask("heads", topics);
  }
  clear(topic: string): Promise<void> {
    return this.ask("clear", topic);
  }
  status(): StoreStatus {
    return this.#status;
  }
  async stop(): Promise<void> {
    if (this.worker.isConnected()) await this.ask("stop");
  }

  ask<Value>(method: Order["method"], ...args: readonly unknown[]): Promise<Value> {
    const n = ++this.#last;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(n, { resolve, reject });
      this.order(method, n, args);
    });
  }

  order(method: Order["method"], n: number, args: readonly unknown[]): void {
    const namespace = this.#namespace;
    const maxHistoryBytes = this.#maxHistoryBytes;
    this.worker.send({ test: "order", id: this.#id, n, namespace, maxHistoryBytes, method, args } satisfies Order);
  }

  #hear({ test, id, status, event, answer }: Told): void {
    if (test !== "told" || id !== this.#id) return;
    this.#status = status;
    if (event !== undefined && this.#events !== undefined) {
      const [name, ...args] = event;
      (this.#events[name] as (...given: readonly unknown[]) => void)(...args);
    }
    if (answer === undefined) return;
    const { n, value, error } = answer;
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    if (error === undefined) waiting?.resolve(value as never);
    else waiting?.reject(error.name === "NotStored" ? new NotStored(error.message) : new Error(error.message));
  }
}

beforeAll(async () => {
  cluster.setupPrimary({ exec: WORKER, execArgv: ["--import", "tsx"], args: [] });
  relayPubSub();
  workers.push(...(await Promise.all([forkWorker(), forkWorker(), forkWorker()])));
}, START_TIME);

afterAll(async () => {
  const gone = Promise.all(workers.map((worker) => once(worker, "exit")));
  for (const worker of workers) worker.process.kill("SIGKILL");
  await gone;
});

const name = (): string => `n${randomUUID().slice(0, 8)}`;

const stores = (count: number, maxHistoryBytes?: number): StandIn[] => {
  const namespace = name();
  return workers.slice(0, count).map((worker) => new StandIn(worker, namespace, maxHistoryBytes));
};

async function nodes(...some: readonly StandIn[]): Promise<StoreNode[]> {
  const started = some.map((store) => new StoreNode(store));
  for (const node of started) await node.store.start(node);
  onTestFinished(async () => {
    for (const { store } of started) await store.stop();
  });
  return started;
}

storeSuite({ name: "the primary of node:cluster", severalNodes: true, stores });

describe("the history of node:cluster", () => {
  it("R-14: a worker that is killed between append and answer leaves its entry once", TIME, async () => {
    const namespace = name();
    const doomed = await forkWorker();
    const dying = new StandIn(doomed, namespace);
    const [survivor, lost] = (await nodes(new StandIn(workers[0]!, namespace), dying)) as [StoreNode, StoreNode];
    await survivor.publish(TOPIC, "before");
    const batch = lost.batch(TOPIC, ["last words"], {}, ["key"]);
    const gone = once(doomed, "exit");
    dying.order("die after append", 0, [sendable(batch)]);
    await gone;
    await survivor.untilHeard(TOPIC, 2);
    expect(await survivor.bodies(TOPIC)).toEqual(["before", "last words"]);
    // Whoever does not know repeats it with its key.
    const again = await survivor.append(survivor.batch(TOPIC, ["last words"], {}, ["key"]));
    expect(again).toMatchObject({ offsets: [2], head: { top: 2 } });
    await survivor.publish(TOPIC, "after");
    const heard = await survivor.untilHeard(TOPIC, 3);
    expect(heard.map(({ body }) => body)).toEqual(["before", "last words", "after"]);
  });

  it("R-9: logs outlive all workers of the program", TIME, async () => {
    const namespace = name();
    const first = await forkWorker();
    const [before] = (await nodes(new StandIn(first, namespace))) as [StoreNode];
    const { head } = await before.publish(TOPIC, "a", "b");
    const gone = once(first, "exit");
    first.process.kill("SIGKILL");
    await gone;
    const [after] = (await nodes(new StandIn(workers[0]!, namespace))) as [StoreNode];
    expect(await after.read(TOPIC, 1)).toMatchObject({ head, entries: [{ offset: 2, body: "b" }] });
  });

  it("two stores of one worker hear each other, and one that stops leaves the other alone", TIME, async () => {
    const namespace = name();
    const [a, b] = (await nodes(new StandIn(workers[0]!, namespace), new StandIn(workers[0]!, namespace))) as [
      StoreNode,
      StoreNode,
    ];
    await a.publish(TOPIC, "1");
    await b.untilHeard(TOPIC, 1);
    await a.store.stop();
    await b.publish(TOPIC, "2");
    await b.untilHeard(TOPIC, 2);
    expect(a.heardOf(TOPIC)).toHaveLength(1);
  });

  it("keeps namespaces apart", TIME, async () => {
    const [a, b] = (await nodes(new StandIn(workers[0]!, name()), new StandIn(workers[1]!, name()))) as [
      StoreNode,
      StoreNode,
    ];
    await a.publish(TOPIC, "1");
    expect(await b.head(TOPIC)).toMatchObject({ top: 0 });
    await b.publish(TOPIC, "2");
    expect([a.heard.length, b.heard.length]).toEqual([1, 1]);
  });

  it("drops the topics that were used least recently beyond `maxHistoryBytes`", TIME, async () => {
    const [node] = (await nodes(...stores(1, 100_000))) as [StoreNode];
    for (let n = 1; n <= 3; n++) await node.publish(`room:${n}`, "x".repeat(40_000));
    expect(await node.store.heads(["room:1", "room:2", "room:3"])).toMatchObject([{ top: 0 }, { top: 1 }, { top: 1 }]);
  });

  it("is memory in a process that is no worker", async () => {
    const [adapter, node] = [clusterAdapter({ maxHistoryBytes: 1_000_000 }), clusterAdapter().history()];
    expect(adapter.history()).toBe(adapter.history());
    expect(node).toMatchObject({ isLocal: true, fansOut: false });
    expect(node.append(new StoreNode(node).batch(TOPIC, ["a"]))).toMatchObject({ offsets: [1] });
    expect(() => clusterAdapter({ maxHistoryBytes: 0 })).toThrow(/clusterAdapter.maxHistoryBytes/);
  });
});

describe("garbage from a worker of node:cluster", () => {
  it("is refused or passed over, and the primary goes on", TIME, async () => {
    const store = new StandIn(workers[0]!, name());
    const [node] = (await nodes(store)) as [StoreNode];
    const calls = (call: unknown): object => ({
      wingbeat: "history.calls",
      namespace: "garbage",
      store: "s",
      maxBytes: 1_000,
      calls: [call],
    });
    const batch = sendable(node.batch(TOPIC, ["x"]));
    const strange: unknown[] = [
      { wingbeat: "history.calls" },
      { ...calls(null), namespace: {} },
      { ...calls(null), calls: { length: 1 } },
      { ...calls({ n: 1, ask: "join" }), maxBytes: Number.NaN },
      ...[
        null,
        "text",
        { n: -1, ask: "join" },
        { n: 1 },
        { n: 1, ask: "__proto__" },
        { n: 1, ask: "append" },
        { n: 1, ask: "append", batch: { ...batch, entries: [null] } },
        { n: 1, ask: "append", batch: { ...batch, entries: [] } },
        { n: 1, ask: "append", batch: { ...batch, entries: [{ ...batch.entries[0], body: { length: 2 ** 50 } }] } },
        { n: 1, ask: "append", batch: { ...batch, rule: { size: Number.NaN, ttl: -1, maxBytes: {} } } },
        { n: 1, ask: "append", batch: { ...batch, known: { offset: 1 } } },
        { n: 1, ask: "append", batch: { ...batch, known: { lineage: "x", tag: "y", offset: 2 ** 53 - 1 } } },
        { n: 1, ask: "read", topic: TOPIC, rule: RULE, range: { after: -5, limit: Number.POSITIVE_INFINITY } },
        { n: 1, ask: "read", topic: 5, rule: RULE, range: { after: 0, limit: 1 } },
        { n: 1, ask: "read", topic: TOPIC, rule: RULE, range: { after: 2 ** 53 - 1, limit: 2 ** 53 - 1 } },
        { n: 1, ask: "heads", topics: [null] },
        { n: 1, ask: "clear", topic: {} },
      ].map(calls),
    ];
    for (const message of strange) store.order("garbage", 0, [message]);
    await node.publish(TOPIC, "still here");
    expect(await node.bodies(TOPIC)).toEqual(["still here"]);
    expect(node.store.status()).toMatchObject({ state: "up" });
  });
});

describe("garbage from the primary of node:cluster", () => {
  it("is passed over, and the worker goes on", TIME, async () => {
    const namespace = name();
    const [node] = (await nodes(new StandIn(workers[0]!, namespace))) as [StoreNode];
    await node.publish(TOPIC, "1");
    const news = {
      wingbeat: "history.news",
      namespace,
      entries: [],
      cleared: [],
      isIncomplete: false,
      store: "",
      answers: [],
    };
    const [entry] = node.heardOf(TOPIC);
    for (const message of [
      { wingbeat: "history.news" },
      { ...news, entries: [null] },
      { ...news, entries: { length: 3 } },
      { ...news, entries: [{ ...entry, offset: "2" }] },
      { ...news, entries: [{ ...entry, at: Number.NaN }] },
      { ...news, entries: [{ ...entry, body: {} }] },
      { ...news, cleared: [{}] },
      { ...news, store: {} },
      { ...news, answers: [null] },
      { ...news, answers: [{ n: 2 ** 60 }] },
    ]) {
      workers[0]!.send(message);
    }
    await node.publish(TOPIC, "2");
    const heard = await node.untilHeard(TOPIC, 2);
    expect(heard.map(({ body }) => body)).toEqual(["1", "2"]);
    expect(node.told).toEqual(["up"]);
  });
});
