/**
 * The contract between `engine-adapter.ts` and an engine that carries bytes between nodes: Redis, NATS, PostgreSQL or
 * the primary of node:cluster. An engine connects and moves bytes; envelopes, queue, reconnecting and reports are the
 * same for all, and are not its business.
 */

/** Bytes to carry, and where to. */
export interface Parcel {
  /** The node that gets it; undefined: all nodes. The sender may get it too. */
  readonly node: string | undefined;
  /** Which of the engine's streams carries it to all nodes. 0 for a parcel to one node. */
  readonly stream: number;
  readonly bytes: Buffer;
}

/** What an engine calls while it is connected. Calls after `close` are ignored. */
export interface EngineEvents {
  /** Bytes for this node have arrived. Those of one sender and stream MUST come in the order of sending. */
  receive(bytes: Uint8Array): void;
  /** The connection failed or is gone. It will be closed, and `connect` called again later. */
  lost(error: unknown): void;
}

/** One connection to the engine, from when it is begun. */
export interface EngineConnection {
  /** Resolves when it is open and what is sent to this node and to all nodes arrives. Rejects with the reason. */
  readonly ready: Promise<unknown>;
  /** The most bytes of one parcel: longer ones are sent in parts. Asked when `ready`. */
  readonly maxBytes: number;
  /** Sends, in order. Resolves when the engine has them all, rejects when that is not certain. MUST NOT send again. */
  send(parcels: readonly Parcel[]): Promise<unknown>;
  /** Frees everything, whether it is ready or not. */
  close(): unknown;
}

export interface Engine {
  /** As {@link AdapterStatus} names it. */
  readonly name: string;
  /** What to look at when it is connected, but what a node sends does not come back to it. */
  readonly advice: string;
  /** Over how many streams broadcasts are spread by topic. Order holds within a stream. */
  readonly streams: number;
  /** How many `send` may be under way at once. */
  readonly parallel: number;
  /** Begins to connect the node of this name. */
  connect(nodeName: string, events: EngineEvents): EngineConnection;
}
