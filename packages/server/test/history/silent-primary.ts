/**
 * A primary that relays only when it is told to (SIGUSR2), and its worker, which tells on standard output what its history
 * store does. A line on standard input makes it append: another port would be the primary's.
 */
import cluster from "node:cluster";
import { createInterface } from "node:readline";
import { clusterAdapter, relayPubSub } from "../../src/pubsub/adapters/cluster.ts";
import { StoreNode } from "./store-node.ts";

const report = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

async function work(): Promise<void> {
  const store = clusterAdapter().history();
  const node = new StoreNode(store);
  const told = new Proxy(node, {
    get(target, name) {
      if (name === "up" || name === "maybeMissed") return () => report({ event: name });
      if (name === "down") return (reason: string) => report({ event: "down", reason });
      if (name === "entry") return (entry: { offset: number; body: string }) => report({ ...entry, event: "entry" });
      return Reflect.get(target, name) as unknown;
    },
  });
  await store.start(told);
  report({ event: "started", primary: process.ppid, ...store.status() });
  let batch = node.batch("t", ["body"]);
  createInterface({ input: process.stdin }).on("line", (line) => {
    const isRepeat = line === "repeat";
    if (!isRepeat) batch = node.batch("t", [line]);
    node.append({ ...batch, isRepeat }).then(
      ({ offsets }) => report({ event: "appended", offsets }),
      (error: Error) => report({ event: "rejected", name: error.name, message: error.message }),
    );
  });
}

if (cluster.isPrimary) {
  cluster.setupPrimary({ serialization: "advanced" });
  cluster.fork();
  process.on("SIGUSR2", () => relayPubSub());
} else await work();
