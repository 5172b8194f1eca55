/**
 * The contract between PubSub and an engine that connects nodes. An adapter only reaches *other* nodes: delivery on
 * this node is done by PubSub, the same way for all adapters.
 */

/** What travels between nodes. `dispatcher` names who delivers it there; it is known on every node. */
export interface PubSubMessage {
  readonly topic: string;
  /**
   * Any value that JSON can carry; `Uint8Array` in any place MUST arrive as `Uint8Array`. PubSub reads it only when the
   * topic has subscribers here: an adapter MAY decode it as late as that, in a getter.
   */
  readonly message: unknown;
  readonly dispatcher: string;
}

/** Given to the adapter: hands a message from another node to this node's subscribers. Never throws. */
export type DeliverLocally = (message: PubSubMessage) => void;

/** How an adapter is, for a health page. The counts begin at 0 when the node starts. */
export interface AdapterStatus {
  /** What connects the nodes: `redis`, `local` … */
  readonly adapter: string;
  /** `down`: this node reaches no other one, and serves its own clients only. */
  readonly state: "up" | "down";
  /** When `state` began, in ms since 1970. */
  readonly since: number;
  /** Why it is down. */
  readonly reason?: string;
  /** Messages that wait until it is up. */
  readonly queued: number;
  /** Messages of this node that were given up, or were never confirmed. */
  readonly lost: number;
  /** Broadcasts of other nodes which this node knows it did not get. */
  readonly missed: number;
}

export interface PubSubAdapter {
  /** Names this node. MUST be unique among all nodes and constant while the node runs. */
  readonly nodeName: string;

  /**
   * Connects. Called once, before any broadcast. MUST call `deliver` for each message of another node, in the order
   * in which that node sent them, and MUST NOT call it for messages of this node, {@link directBroadcast} aside.
   * SHOULD resolve, with status `down`, when the engine cannot be reached: the node can serve its own clients.
   */
  start(deliver: DeliverLocally): void | Promise<void>;

  /**
   * Sends to all nodes except this one. SHOULD NOT wait. MAY throw when it knows that the message cannot be sent:
   * then nothing is delivered on this node either, and the caller gets a `BroadcastError`.
   */
  broadcast(message: PubSubMessage): void;

  /** Sends to one node, which may be this one. An unknown node is no error: the message is dropped. */
  directBroadcast(nodeName: string, message: PubSubMessage): void;

  /** How it is now. Without it, PubSub takes the adapter as up from `start` on. */
  status?(): AdapterStatus;

  /** Disconnects and frees everything. No `deliver` after it. */
  stop(): void | Promise<void>;
}
