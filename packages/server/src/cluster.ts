/**
 * `wingbeat/cluster`: one server on all cores of a machine. The process forks workers with node:cluster, which share the
 * port; one that dies is replaced; on SIGTERM or SIGINT they are drained. Broadcasts reach all workers when the endpoint
 * has `clusterAdapter()` of `wingbeat/pubsub/cluster` (or an adapter for several machines) as its `pubsub`.
 *
 * @example
 * runCluster({
 *   start: async () => {
 *     const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, pubsub: clusterAdapter() });
 *     await endpoint.listen(4000);
 *     return endpoint;
 *   },
 * });
 */
import cluster from "node:cluster";
import { availableParallelism } from "node:os";
import { runPrimary } from "./cluster/primary.ts";
import { runWorker } from "./cluster/worker.ts";
import type { Closable } from "./cluster/worker.ts";
import { WingbeatError } from "./errors.ts";
import { checkCount, checkKeys, checkTimeout } from "./options.ts";

export type { Closable } from "./cluster/worker.ts";

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const CLUSTER_LIMITS = { drainTimeout: 35_000 } as const;

export interface ClusterOptions {
  /** How many workers. Default: one for each core that this process may use. */
  readonly workers?: number;
  /** Starts the server, in each worker. Returns what must be closed before the worker exits: the endpoint. */
  readonly start: () => Closable | Promise<Closable>;
  /** Milliseconds that workers have to close; then they are killed. Default 35,000, a little more than an endpoint takes to drain. */
  readonly drainTimeout?: number;
}

/**
 * Forks the workers, or, in a worker, runs `start`. The program runs from its first line in each worker: put what only
 * the workers need into `start`.
 *
 * A worker that ends is replaced: after 100 ms, twice as long each time while new ones die within 10 s, 10 s at most.
 * Before any worker has started once, one that fails ends the program with exit code 1, like a server without workers.
 * A worker alone is replaced without an interruption by `kill -TERM <its pid>`. After SIGTERM or SIGINT the program ends
 * with 0, or with 1 when a worker had to be killed. A second signal ends it at once.
 *
 * Throws `WB_OPTION`.
 */
export function runCluster(options: ClusterOptions): void {
  checkKeys("runCluster", options, ["workers", "start", "drainTimeout"]);
  checkCount("runCluster.workers", options.workers);
  checkTimeout("runCluster.drainTimeout", options.drainTimeout);
  if (typeof options.start !== "function") {
    throw new WingbeatError("WB_OPTION", "runCluster.start must be a function that starts and returns the endpoint.");
  }
  if (cluster.isWorker) runWorker(options.start);
  else runPrimary(options.workers ?? availableParallelism(), options.drainTimeout ?? CLUSTER_LIMITS.drainTimeout);
}
