/** node:cluster: this process is the primary that relays, the targets are its workers, and garbage goes both ways. */
import type { ChildProcess } from "node:child_process";
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { relayPubSub } from "../../../src/pubsub/adapters/cluster.ts";
import { isRelayed } from "../../../src/pubsub/adapters/cluster/message.ts";
import type { TestEngine } from "../../pubsub/engines.ts";
import type { Fork } from "../child.ts";
import type { Random } from "../random.ts";
import type { Wiretap } from "./wiretap.ts";

export const clusterEngine = async (): Promise<TestEngine> => ({
  port: 0,
  start: async () => relayPubSub(),
  stop: async () => {},
  kill: async () => {},
  end: async () => {},
});

export const forkWorker: Fork = (file, args, { execArgv, env }) => {
  cluster.setupPrimary({ exec: fileURLToPath(file), args: [...args], execArgv: [...execArgv], silent: true });
  return cluster.fork(env).process as ChildProcess;
};

/** The namespace of an adapter that is given none. */
const NAMESPACE = "wingbeat";

/** What is no message of ours, or only looks like one. The primary gets it as of a worker, workers as of the primary. */
function nonsense(random: Random, bytes: Buffer): unknown {
  const name = random.pick(["", "nobody", "x".repeat(300), null, 7, {}, [], new Date(0)]);
  const parcel = random.pick<unknown>([null, "text", {}, { bytes: "text" }, { bytes: [1, 2] }, { node: name, bytes }]);
  return random.pick<unknown>([
    null,
    "text",
    new Map([["wingbeat", "pubsub"]]),
    { wingbeat: "pubsub" },
    { wingbeat: name, namespace: NAMESPACE, from: name, parcels: [parcel] },
    { wingbeat: "pubsub", namespace: name, from: "nobody", parcels: [parcel] },
    { wingbeat: "pubsub", namespace: NAMESPACE, from: name, parcels: random.pick<unknown>([[parcel], parcel, name]) },
    { wingbeat: random.pick(["pubsub.join", "pubsub.leave"]), namespace: NAMESPACE, node: name },
    { wingbeat: random.pick(["cluster.ready", "cluster.drained", "cluster"]), node: name },
  ]);
}

export async function clusterTap(random: Random, hear: (bytes: Buffer) => void): Promise<Wiretap> {
  const onMessage = (_worker: Worker, message: unknown): void => {
    if (isRelayed(message)) for (const { bytes } of message.parcels) hear(Buffer.from(bytes));
  };
  cluster.on("message", onMessage);
  return {
    async publish(bytes) {
      const message = random.chance(0.5)
        ? { wingbeat: "pubsub", namespace: NAMESPACE, from: "nobody", parcels: [{ node: undefined, bytes }] }
        : nonsense(random, bytes);
      const worker = random.pick(Object.values(cluster.workers ?? {})) as Worker;
      if (random.chance(0.5)) cluster.emit("message", worker, message, undefined);
      else await new Promise((resolve) => worker.send(message as object, resolve));
    },
    close: () => void cluster.off("message", onMessage),
  };
}
