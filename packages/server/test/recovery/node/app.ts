/** A node in a process of its own, or the primary of workers that are such nodes. What it is to be is its argument. */
import cluster from "node:cluster";
import { runCluster } from "../../../src/cluster.ts";
import { answer, settings } from "../../attack/child.ts";
import { askWorkers } from "./ask-workers.ts";
import { Node } from "./node.ts";
import type { NodeSettings } from "./settings.ts";

const given = settings<NodeSettings>();

/** What the campaign may ask. */
const answers = (node: () => Node) => ({
  quiet: () => node().quiet(),
  publish: (topic: string) => node().publish(topic),
  snapshot: (topic: string) => node().snapshot(topic),
  look: () => node().look(),
  close: async () => {
    await node().close();
    process.exit(0);
  },
});

if (given.engine.name !== "cluster") {
  const node = await Node.start(given);
  answer(answers(() => node));
} else {
  let node: Node | undefined;
  if (cluster.isWorker) answer(answers(() => node as Node));
  runCluster({
    workers: given.engine.workers,
    drainTimeout: 5_000,
    start: async () => {
      node = await Node.start({ ...given, name: `${given.name}-${process.pid}` });
      return node;
    },
  });
  if (cluster.isPrimary) answer(askWorkers(given.engine.workers));
}
