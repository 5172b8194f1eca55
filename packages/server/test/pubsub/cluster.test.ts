/** This process is the primary of three workers. The suite's adapters live in them; here are stand-ins. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterAdapter, relayPubSub } from "wingbeat/pubsub/cluster";
import { pubsubSuite } from "wingbeat/testing/pubsub-suite";
import { PubSub } from "../../src/pubsub.ts";
import type { DeliverLocally, PubSubAdapter, PubSubMessage } from "../../src/pubsub.ts";
import type { Answer, Order } from "./cluster-worker.ts";
import { PATIENCE, START_TIME, TEST_TIME } from "./engines.ts";

const WORKER = new URL("cluster-worker.ts", import.meta.url).pathname;

const workers: Worker[] = [];
let lastId = 0;

/** Resolves when the worker listens: its first message says so. */
async function forkWorker(): Promise<Worker> {
  const worker = cluster.fork();
  // Each adapter listens for itself.
  worker.setMaxListeners(0);
  await once(worker, "message");
  return worker;
}

/** An adapter in a worker. */
class StandIn implements PubSubAdapter {
  readonly nodeName = randomUUID();
  readonly worker: Worker;
  readonly #id = ++lastId;
  readonly #namespace: string;
  #deliver: DeliverLocally = () => {};
  #answer: (value: unknown) => void = () => {};
  readonly #onMessage = ({ test, id, value }: Answer): void => {
    if (id !== this.#id) return;
    if (test === "answer") this.#answer(value);
    else if (test === "delivered") this.#deliver(value as PubSubMessage);
  };

  constructor(worker: Worker, namespace: string) {
    this.worker = worker;
    this.#namespace = namespace;
    worker.on("message", this.#onMessage);
  }

  async start(deliver: DeliverLocally): Promise<void> {
    this.#deliver = deliver;
    await this.#ask({ test: "start", id: this.#id, namespace: this.#namespace, nodeName: this.nodeName });
  }

  broadcast(message: PubSubMessage): void {
    this.#tell({ test: "broadcast", id: this.#id, message: { ...message } });
  }

  directBroadcast(node: string, message: PubSubMessage): void {
    this.#tell({ test: "direct", id: this.#id, node, message: { ...message } });
  }

  ask(): Promise<unknown> {
    return this.#ask({ test: "status", id: this.#id });
  }

  async stop(): Promise<void> {
    this.#deliver = () => {};
    if (this.worker.isConnected()) await this.#ask({ test: "stop", id: this.#id });
    this.worker.off("message", this.#onMessage);
  }

  #ask(order: Order): Promise<unknown> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#tell(order);
    });
  }

  #tell(order: Order): void {
    this.worker.send(order);
  }
}

beforeAll(async () => {
  cluster.setupPrimary({ exec: WORKER, execArgv: ["--import", "tsx"], args: [] });
  relayPubSub();
  relayPubSub();
  workers.push(...(await Promise.all([forkWorker(), forkWorker(), forkWorker()])));
}, START_TIME);

afterAll(async () => {
  const gone = Promise.all(workers.map((worker) => once(worker, "exit")));
  for (const worker of workers) worker.process.kill("SIGKILL");
  await gone;
});

const adapters = (count: number): StandIn[] => {
  const namespace = randomUUID();
  return workers.slice(0, count).map((worker) => new StandIn(worker, namespace));
};

pubsubSuite({
  name: "node:cluster",
  describe,
  it: (title, test) => it(title, { timeout: TEST_TIME }, test),
  timeout: PATIENCE,
  adapters,
  capabilities: { severalNodes: true },
});

describe("PubSub over node:cluster", () => {
  it("connects two nodes of one worker like those of two", async () => {
    const namespace = randomUUID();
    const [a, b, c] = [workers[0]!, workers[0]!, workers[1]!].map((worker) => {
      return new PubSub({ adapter: new StandIn(worker, namespace) });
    }) as [PubSub, PubSub, PubSub];
    await Promise.all([a.start(), b.start(), c.start()]);
    const arrived: string[] = [];
    const all = new Promise<void>((resolve) => {
      for (const [name, node] of Object.entries({ a, b, c })) {
        node.subscribe({
          topic: "room:1",
          owner: undefined,
          receive: (message) => {
            arrived.push(`${name}: ${String(message)}`);
            if (arrived.length === 4) resolve();
          },
        });
      }
    });
    a.broadcast("room:1", "to all");
    a.directBroadcast(b.nodeName, "room:1", "to b");
    await all;
    expect(arrived.sort()).toEqual(["a: to all", "b: to all", "b: to b", "c: to all"]);
    await Promise.all([a.stop(), b.stop(), c.stop()]);
  });

  it("goes on when a worker dies, and takes a new one in", { timeout: START_TIME }, async () => {
    const namespace = randomUUID();
    const doomed = await forkWorker();
    const dying = new PubSub({ adapter: new StandIn(doomed, namespace) });
    const staying = workers.slice(0, 2).map((worker) => new PubSub({ adapter: new StandIn(worker, namespace) }));
    const [sender, receiver] = staying as [PubSub, PubSub];
    await Promise.all([dying, sender, receiver].map((node) => node.start()));
    doomed.process.kill("SIGKILL");
    await once(doomed, "exit");
    const next = new Promise((resolve) => receiver.subscribe({ topic: "t", owner: undefined, receive: resolve }));
    sender.broadcast("t", "after the crash");
    expect(await next).toBe("after the crash");

    const replacement = await forkWorker();
    workers.push(replacement);
    const replacing = new PubSub({ adapter: new StandIn(replacement, namespace) });
    await replacing.start();
    const first = new Promise((resolve) => replacing.subscribe({ topic: "t", owner: undefined, receive: resolve }));
    sender.broadcast("t", "to the new one");
    expect(await first).toBe("to the new one");
    await Promise.all([dying, sender, receiver, replacing].map((node) => node.stop()));
  });

  it("is up in a worker", async () => {
    const [adapter] = adapters(1) as [StandIn];
    await adapter.start(() => {});
    expect(await adapter.ask()).toMatchObject({ adapter: "cluster", state: "up", queued: 0, lost: 0, missed: 0 });
    await adapter.stop();
  });

  it("is alone in a process that is no worker", async () => {
    const node = new PubSub({ adapter: clusterAdapter({ nodeName: "alone" }) });
    const received: unknown[] = [];
    node.subscribe({ topic: "t", owner: undefined, receive: (message) => received.push(message) });
    await node.start();
    node.broadcast("t", 1);
    node.directBroadcast("alone", "t", 2);
    node.directBroadcast("another", "t", 3);
    expect(received).toEqual([1, 2]);
    expect(node.status()).toMatchObject({ adapter: "cluster", state: "up" });
    await node.stop();
  });
});
