/** The primary's part: forwards messages between workers; it knows no topics. */
import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { isMembership, isRelayed } from "./message.ts";
import type { Membership, Relayed, RelayedParcel } from "./message.ts";

/**
 * Bytes that may be queued for one worker. Beyond it, messages for that worker are dropped: it is stuck, and the
 * primary would run out of memory for everybody. The worker detects what it missed.
 */
const WORKER_LIMIT = 64 * 1024 * 1024;

/** Nodes of one worker: more than this would be leaked joins. */
const NODES_OF_WORKER = 1_000;

/** The nodes of a namespace, and the worker of each. */
type Nodes = Map<string, RelayedWorker>;

/** The part of a node:cluster worker that is used. */
export type RelayedWorker = Pick<Worker, "isConnected" | "send">;

/** Maps nodes to workers, and routes messages. */
export class Relay {
  readonly #namespaces = new Map<string, Nodes>();
  readonly #waiting = new WeakMap<RelayedWorker, number>();

  readonly onMessage = (worker: RelayedWorker, message: unknown): void => {
    if (isRelayed(message)) this.#relay(message);
    else if (isMembership(message)) this.#change(worker, message);
  };

  readonly onGone = (worker: RelayedWorker): void => {
    for (const nodes of this.#namespaces.values()) {
      for (const [node, home] of nodes) if (home === worker) nodes.delete(node);
    }
    for (const [namespace, nodes] of this.#namespaces) if (nodes.size === 0) this.#namespaces.delete(namespace);
  };

  #change(worker: RelayedWorker, { wingbeat, namespace, node }: Membership): void {
    const nodes: Nodes = this.#namespaces.get(namespace) ?? new Map();
    if (wingbeat === "pubsub.join") {
      if (this.#countOf(worker) >= NODES_OF_WORKER) return;
      nodes.set(node, worker);
      this.#namespaces.set(namespace, nodes);
    } else if (nodes.get(node) === worker) nodes.delete(node);
    if (nodes.size === 0) this.#namespaces.delete(namespace);
  }

  #countOf(worker: RelayedWorker): number {
    let count = 0;
    for (const nodes of this.#namespaces.values()) for (const home of nodes.values()) if (home === worker) count++;
    return count;
  }

  #relay({ namespace, from, parcels, ...rest }: Relayed): void {
    const nodes = this.#namespaces.get(namespace);
    if (nodes === undefined) return;
    const targets = new Map<RelayedWorker, Set<string>>();
    for (const [node, worker] of nodes) {
      const names = targets.get(worker);
      if (names === undefined) targets.set(worker, new Set([node]));
      else names.add(node);
    }
    for (const [worker, names] of targets) {
      const isOnlySender = names.size === 1 && names.has(from);
      const wanted = parcels.filter(({ node }) => (node === undefined ? !isOnlySender : names.has(node)));
      if (wanted.length > 0) this.#send(worker, { ...rest, namespace, from, parcels: wanted });
    }
  }

  #send(worker: RelayedWorker, message: Relayed): void {
    const size = sizeOf(message.parcels);
    const waiting = this.#waiting.get(worker) ?? 0;
    if (!worker.isConnected() || waiting + size > WORKER_LIMIT) return;
    this.#waiting.set(worker, waiting + size);
    worker.send(message, undefined, undefined, () => {
      this.#waiting.set(worker, (this.#waiting.get(worker) ?? size) - size);
    });
  }
}

function sizeOf(parcels: readonly RelayedParcel[]): number {
  return parcels.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

let isRelaying = false;

/**
 * Makes the primary of node:cluster relay for `clusterAdapter`. Call it before the first `cluster.fork()`: it sets
 * `serialization: "advanced"`, without which bytes would be sent as JSON. A second call does nothing.
 */
export function relayPubSub(): void {
  if (isRelaying || !cluster.isPrimary) return;
  isRelaying = true;
  const relay = new Relay();
  cluster.setupPrimary({ serialization: "advanced" });
  cluster.on("message", relay.onMessage);
  cluster.on("disconnect", relay.onGone);
  cluster.on("exit", relay.onGone);
}
