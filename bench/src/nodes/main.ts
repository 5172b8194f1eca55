/**
 * What a broadcast costs between two processes, for each adapter:
 *
 *   node bench/dist/nodes/main.js --redis redis://127.0.0.1 --nats nats://127.0.0.1 --postgres postgres://127.0.0.1/app
 *
 * Adapters whose engine is not given are left out. Start the engines for the bench alone.
 */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { relayPubSub } from "wingbeat/pubsub/cluster";
import { machine } from "../surroundings.ts";
import { median } from "../table.ts";
import { adapters } from "./adapters.ts";
import type { Order, Result, Role, TestName } from "./orders.ts";

/** Messages of each test; the first run of it is a warm-up. */
const COUNTS: Readonly<Record<TestName, number>> = { latency: 2_000, load: 30_000, unwanted: 30_000 };

const { values: urls } = parseArgs({
  options: { redis: { type: "string" }, nats: { type: "string" }, postgres: { type: "string" } },
});

/** Messages that the relay handles come the same way: only what is ours counts. */
function answerOf<Message>(worker: Worker, isIt: (message: unknown) => boolean): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (!isIt(message)) return;
      worker.off("message", onMessage);
      worker.off("exit", onExit);
      resolve(message as Message);
    };
    const onExit = (): void => reject(new Error("a node ended"));
    worker.on("message", onMessage);
    worker.on("exit", onExit);
  });
}

const isResult = (message: unknown): boolean => typeof message === "object" && message !== null && "cpu" in message;

const isReady = (message: unknown): boolean => message === "ready";

async function startNode(title: string, url: string): Promise<Worker> {
  cluster.setupPrimary({ exec: fileURLToPath(new URL("./node.js", import.meta.url)), args: [title, url] });
  const worker = cluster.fork();
  await answerOf(worker, isReady);
  return worker;
}

async function run([sender, receiver]: readonly [Worker, Worker], test: TestName): Promise<[Result, Result]> {
  const results = [sender, receiver].map((worker) => answerOf<Result>(worker, isResult));
  const order = (role: Role): Order => ({ test, role, count: COUNTS[test] });
  const listening = answerOf(receiver, isReady);
  receiver.send(order("receiver"));
  await listening;
  sender.send(order("sender"));
  return (await Promise.all(results)) as [Result, Result];
}

/** The cells of an adapter's row. */
async function measure(title: string, url: string): Promise<string[]> {
  const nodes = [await startNode(title, url), await startNode(title, url)] as const;
  const cells: string[] = [title];
  const perMessage = ({ cpu }: Result, test: TestName): string => `${(cpu / COUNTS[test]).toFixed(1)} µs`;
  for (const test of ["latency", "load", "unwanted"] as const) {
    await run(nodes, test);
    const [sender, receiver] = await run(nodes, test);
    if (test === "latency") cells.push(`${Math.round(median([...sender.roundTrips]) / 2)} µs`);
    else if (test === "unwanted") cells.push(perMessage(receiver, test));
    else {
      const perSecond = Math.round(COUNTS[test] / sender.duration) * 1_000;
      cells.push(perSecond.toLocaleString("en"), perMessage(sender, test), perMessage(receiver, test));
    }
  }
  for (const node of nodes) node.process.kill("SIGKILL");
  return cells;
}

const HEAD = [
  "adapter",
  "latency, one way",
  "messages per second",
  "CPU of the sender",
  "CPU of a receiver",
  "CPU where nobody subscribed",
];

relayPubSub();
const rows: string[][] = [HEAD, ["---", ...HEAD.slice(1).map(() => "---:")]];
for (const [title, { engine }] of Object.entries(adapters)) {
  const url = engine === undefined ? "" : urls[engine];
  if (url !== undefined) rows.push(await measure(title, url));
}
console.log(rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
console.log(`\n${new Date().toISOString().slice(0, 10)}. ${machine().replace(/;.*$/, "")}.`);
