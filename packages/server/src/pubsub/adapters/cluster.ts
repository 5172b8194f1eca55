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
import { checkCount, checkKeys } from "../../options.ts";
import type { PubSubAdapter } from "../adapter.ts";
import type { Engine, EngineConnection, EngineEvents, Parcel } from "../remote/engine.ts";
import { ENGINE_OPTIONS, engineAdapter, namespaceOf } from "../remote/engine-adapter.ts";
import type { EngineOptions } from "../remote/engine-adapter.ts";
import { MEMORY_HISTORY_LIMITS, memoryHistory } from "../history/memory.ts";
import type { HistoryStore } from "../history/store.ts";
import { ClusterHistory } from "./cluster/history.ts";
import { isRelayed } from "./cluster/message.ts";
import type { ClusterMessage } from "./cluster/message.ts";

export type { EngineOptions } from "../remote/engine-adapter.ts";
export { relayPubSub } from "./cluster/primary.ts";

export interface ClusterAdapterOptions extends EngineOptions {
  /**
   * Bytes that the history of all topics may take in the primary: beyond it the topics that were used least recently are
   * dropped. Default 256 MiB.
   */
  readonly maxHistoryBytes?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const CLUSTER_HISTORY_LIMITS = { maxHistoryBytes: MEMORY_HISTORY_LIMITS.maxBytes } as const;

/** The adapter, and what keeps history: the primary, or this process when it is no worker. */
export interface ClusterAdapter extends PubSubAdapter {
  history(): HistoryStore;
}

/** Adapter between the workers of node:cluster. Throws `WB_OPTION`. */
export function clusterAdapter(options: ClusterAdapterOptions = {}): ClusterAdapter {
  checkKeys("clusterAdapter", options, [...ENGINE_OPTIONS, "maxHistoryBytes"]);
  const namespace = namespaceOf("clusterAdapter", options);
  const { maxHistoryBytes: maxBytes = CLUSTER_HISTORY_LIMITS.maxHistoryBytes } = options;
  checkCount("clusterAdapter.maxHistoryBytes", maxBytes);
  const adapter = engineAdapter("clusterAdapter", cluster.isWorker ? workerEngine(namespace) : aloneEngine, options);
  let store: HistoryStore | undefined = undefined;
  return Object.assign(adapter, {
    history: () => (store ??= cluster.isWorker ? new ClusterHistory(namespace, maxBytes) : memoryHistory({ maxBytes })),
  });
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
