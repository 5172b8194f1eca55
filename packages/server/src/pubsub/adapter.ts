/**
 * The contract between PubSub and whatever connects the nodes. An adapter only reaches *other* nodes: PubSub delivers
 * on this node, the same way for all adapters.
 */

import type { Position } from "./history/position.ts";
import type { HistoryStore } from "./history/store.ts";

export type { Position } from "./history/position.ts";

/** A message between nodes. `dispatcher` names what delivers it there; it is registered on every node. */
export interface PubSubMessage {
  readonly topic: string;
  /**
   * Any value that JSON can carry; `Uint8Array` in any place MUST arrive as `Uint8Array`. PubSub reads it only when the
   * topic has subscribers here: an adapter MAY decode it as late as that, in a getter.
   */
  readonly message: unknown;
  readonly dispatcher: string;
  /** MUST arrive as it is. Absent for messages that are not recorded. */
  readonly position?: Position | undefined;
}

/** Passed to the adapter: delivers a message from another node to this node's subscribers. Never throws. */
export type DeliverLocally = (message: PubSubMessage) => void;

/** The state of an adapter, for a health page. The counts start at 0 when the node starts. */
export interface AdapterStatus {
  /** What connects the nodes: `redis`, `local` … */
  readonly adapter: string;
  /** `down`: this node is not connected to others, and serves only its own clients. */
  readonly state: "up" | "down";
  /** When `state` began, in ms since 1970. */
  readonly since: number;
  /** Why it is down. */
  readonly reason?: string;
  /** Messages queued until it is up. */
  readonly queued: number;
  /** Messages of this node that were dropped or never confirmed. */
  readonly lost: number;
  /** Broadcasts of other nodes that this node knows it missed. */
  readonly missed: number;
}

/**
 * Connects PubSub to the other nodes: Redis, NATS, PostgreSQL, node:cluster, or one of your own. It sends and receives; PubSub
 * delivers to the subscribers.
 */
export interface PubSubAdapter {
  /** Names this node. MUST be unique among all nodes and constant while the node runs. */
  readonly nodeName: string;

  /**
   * Connects. Called once, before any broadcast. MUST call `deliver` for each message of another node, in the order in
   * which that node sent them, and MUST NOT call it for messages of this node, except {@link directBroadcast}. SHOULD
   * resolve, with status `down`, when the engine is unreachable: the node can serve its own clients.
   */
  start(deliver: DeliverLocally): void | Promise<void>;

  /**
   * Sends to all nodes except this one. SHOULD NOT block. MAY throw when it knows that the message cannot be sent: then
   * nothing is delivered on this node either, and the caller gets a `BroadcastError`.
   */
  broadcast(message: PubSubMessage): void;

  /** Sends to one node, which may be this one. An unknown node is not an error: the message is dropped. */
  directBroadcast(nodeName: string, message: PubSubMessage): void;

  /** What keeps the history of topics when nothing else is given. Made on first use. Without it, the engine keeps nothing. */
  history?(): HistoryStore;

  /** The current state. Without it, PubSub assumes that the adapter is up from `start` on. */
  status?(): AdapterStatus;

  /**
   * Waits until everything sent so far is confirmed by the engine, or counted as `lost`; for `ms` milliseconds at the
   * most. Without it, PubSub assumes that nothing waits. MUST NOT reject.
   */
  flush?(ms: number): Promise<void>;

  /** Disconnects and releases everything. No `deliver` afterwards. */
  stop(): void | Promise<void>;
}
