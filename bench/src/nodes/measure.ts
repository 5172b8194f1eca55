/** Runs the tests of an adapter in two nodes: forked processes, which the cluster adapter needs anyway. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import type { Order, Result, Role, TestName } from "./orders.ts";

/** The result of a test: of the sending and of the receiving node. */
export interface Outcome {
  count: number;
  sender: Result;
  receiver: Result;
}

/** Runs all tests of an adapter; each one runs twice, and the first time is a warm-up. */
export async function measure(
  title: string,
  url: string,
  counts: Readonly<Record<TestName, number>>,
): Promise<Record<TestName, Outcome>> {
  const nodes = [await startNode(title, url), await startNode(title, url)] as const;
  const outcome = async (test: TestName): Promise<Outcome> => {
    const count = counts[test];
    await run(nodes, test, count);
    const [sender, receiver] = await run(nodes, test, count);
    return { count, sender, receiver };
  };
  try {
    return { latency: await outcome("latency"), load: await outcome("load"), unwanted: await outcome("unwanted") };
  } finally {
    for (const node of nodes) node.process.kill("SIGKILL");
  }
}

async function startNode(title: string, url: string): Promise<Worker> {
  cluster.setupPrimary({ exec: fileURLToPath(new URL("./node.js", import.meta.url)), args: [title, url] });
  const worker = cluster.fork();
  await answerOf(worker, isReady);
  return worker;
}

async function run(
  [sender, receiver]: readonly [Worker, Worker],
  test: TestName,
  count: number,
): Promise<[Result, Result]> {
  const results = [sender, receiver].map((worker) => answerOf<Result>(worker, isResult));
  const order = (role: Role): Order => ({ test, role, count });
  const listening = answerOf(receiver, isReady);
  receiver.send(order("receiver"));
  await listening;
  sender.send(order("sender"));
  return (await Promise.all(results)) as [Result, Result];
}

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
