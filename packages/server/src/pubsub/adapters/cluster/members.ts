/** Which nodes there are, and in which worker each of them is. */
import type { Worker } from "node:cluster";

/** The part of a node:cluster worker that is used. */
export type RelayedWorker = Pick<Worker, "isConnected" | "send">;

/** Nodes of one worker: more than this would be leaked joins. */
const NODES_OF_WORKER = 1_000;

/** The nodes of a namespace, and the worker of each. */
type Nodes = Map<string, RelayedWorker>;

export class Members {
  readonly #namespaces = new Map<string, Nodes>();

  /** The nodes of a namespace. */
  of(namespace: string): ReadonlyMap<string, RelayedWorker> | undefined {
    return this.#namespaces.get(namespace);
  }

  /** The workers that have nodes of a namespace. */
  workersOf(namespace: string): ReadonlySet<RelayedWorker> {
    return new Set(this.#namespaces.get(namespace)?.values());
  }

  /** Returns false when the worker has too many. */
  join(worker: RelayedWorker, namespace: string, node: string): boolean {
    const nodes: Nodes = this.#namespaces.get(namespace) ?? new Map();
    if (nodes.get(node) !== worker && this.#countOf(worker) >= NODES_OF_WORKER) return false;
    nodes.set(node, worker);
    this.#namespaces.set(namespace, nodes);
    return true;
  }

  leave(worker: RelayedWorker, namespace: string, node: string): void {
    const nodes = this.#namespaces.get(namespace);
    if (nodes?.get(node) !== worker) return;
    nodes.delete(node);
    if (nodes.size === 0) this.#namespaces.delete(namespace);
  }

  /** The worker has ended. */
  gone(worker: RelayedWorker): void {
    for (const [namespace, nodes] of this.#namespaces) {
      for (const [node, home] of nodes) if (home === worker) nodes.delete(node);
      if (nodes.size === 0) this.#namespaces.delete(namespace);
    }
  }

  #countOf(worker: RelayedWorker): number {
    let count = 0;
    for (const nodes of this.#namespaces.values()) for (const home of nodes.values()) if (home === worker) count++;
    return count;
  }
}
