/**
 * The contract between `engine-adapter.ts` and an engine that carries bytes between nodes: Redis, NATS, PostgreSQL or
 * the primary of node:cluster. An engine only connects and moves bytes; envelopes, queueing, reconnecting and telemetry
 * are the same for all engines.
 */

/** Bytes to carry, and their destination. */
export interface Parcel {
  /** The receiving node; undefined: all nodes. The sender may receive it too. */
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

/** One connection to the engine, from the start of connecting. */
export interface EngineConnection {
  /** Resolves when it is open and what is sent to this node and to all nodes arrives. Rejects with the reason. */
  readonly ready: Promise<unknown>;
  /** The maximum bytes of one parcel: longer ones are sent in parts. Read after `ready`. */
  readonly maxBytes: number;
  /** Sends in order. Resolves when the engine has them all, rejects when that is uncertain. MUST NOT retry. */
  send(parcels: readonly Parcel[]): Promise<unknown>;
  /** Releases everything, whether it is ready or not. */
  close(): unknown;
}

export interface Engine {
  /** As {@link AdapterStatus} names it. */
  readonly name: string;
  /** A hint for when it is connected, but what a node sends does not come back to it. */
  readonly advice: string;
  /** How many streams broadcasts are spread over by topic. Order is kept within a stream. */
  readonly streams: number;
  /** How many `send` calls may run at once. */
  readonly parallel: number;
  /** Starts connecting the node of this name. */
  connect(nodeName: string, events: EngineEvents): EngineConnection;
}
