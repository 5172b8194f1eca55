/**
 * `wingbeat/pubsub/cluster`: connects the workers of node:cluster on one machine through their primary; no other
 * service is needed. `runCluster` of `wingbeat/cluster` forks such workers and relays between them; your own primary
 * calls {@link relayPubSub} before it forks.
 *
 * In a process that is not a worker the node is alone: the same program runs with and without a cluster.
 *
 * @example
 * createEndpoint({ sockets, pubsub: clusterAdapter() }) // in a worker
 */
import cluster from "node:cluster";
import { checkKeys } from "../../options.ts";
import type { PubSubAdapter } from "../adapter.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../remote/engine.ts";
import { ENGINE_OPTIONS, engineAdapter, namespaceOf } from "../remote/engine-adapter.ts";
import type { EngineOptions } from "../remote/engine-adapter.ts";
import { isRelayed } from "./cluster/message.ts";
import type { ClusterMessage } from "./cluster/message.ts";

export type { EngineOptions } from "../remote/engine-adapter.ts";
export { relayPubSub } from "./cluster/relay.ts";

/** Adapter between the workers of node:cluster. Throws `WB_OPTION`. */
export function clusterAdapter(options: EngineOptions = {}): PubSubAdapter {
  checkKeys("clusterAdapter", options, ENGINE_OPTIONS);
  const namespace = namespaceOf("clusterAdapter", options);
  return engineAdapter("clusterAdapter", cluster.isWorker ? workerEngine(namespace) : aloneEngine, options);
}

function workerEngine(namespace: string): Engine {
  return {
    name: "cluster",
    advice: "check that the primary uses runCluster, or calls relayPubSub before it forks",
    streams: 1,
    parallel: 8,
    connect: (nodeName, events) => new WorkerConnection(namespace, nodeName, events),
  };
}

/** The way to the primary. */
class WorkerConnection implements EngineConnection {
  readonly ready: Promise<void>;
  readonly maxBytes = Infinity;
  readonly #namespace: string;
  readonly #nodeName: string;
  readonly #events: EngineEvents;
  readonly #onMessage = (message: unknown): void => this.#receive(message);
  readonly #onDisconnect = (): void => this.#events.lost(new Error("the primary of node:cluster is gone"));

  constructor(namespace: string, nodeName: string, events: EngineEvents) {
    this.#namespace = namespace;
    this.#nodeName = nodeName;
    this.#events = events;
    process.on("message", this.#onMessage);
    process.on("disconnect", this.#onDisconnect);
    this.ready = this.#tell({ wingbeat: "pubsub.join", namespace, node: nodeName });
  }

  send(parcels: readonly Parcel[]): Promise<void> {
    return this.#tell({
      wingbeat: "pubsub",
      namespace: this.#namespace,
      from: this.#nodeName,
      parcels: parcels.map(({ node, bytes }) => ({ node, bytes })),
    });
  }

  async close(): Promise<void> {
    process.off("message", this.#onMessage);
    process.off("disconnect", this.#onDisconnect);
    await this.#tell({ wingbeat: "pubsub.leave", namespace: this.#namespace, node: this.#nodeName });
  }

  #tell(message: ClusterMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      if (process.connected !== true) reject(new Error("the primary of node:cluster is gone"));
      else process.send?.(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  #receive(message: unknown): void {
    if (!isRelayed(message) || message.namespace !== this.#namespace) return;
    for (const { node, bytes } of message.parcels) {
      if (node === undefined || node === this.#nodeName) this.#events.receive(bytes);
    }
  }
}

/** The engine of a node that is alone: it receives what it sends to itself. */
const aloneEngine: Engine = {
  name: "cluster",
  advice: "this process is not a worker",
  streams: 1,
  parallel: 1,
  connect: (nodeName, events) => ({
    ready: Promise.resolve(),
    maxBytes: Infinity,
    async send(parcels) {
      for (const { node, bytes } of parcels) if (node === nodeName) events.receive(bytes);
    },
    close() {},
  }),
};
