/**
 * The contract of what keeps the history of topics: an ordered log for each topic. Memory, the primary of node:cluster,
 * Redis and PostgreSQL implement it.
 *
 * The store assigns offsets: 1, 2, 3 … without holes. What anybody receives is in its log. A store says honestly what it
 * no longer has: `lineage` changes when a log is gone, and a new generation begins whenever its newest entries may be
 * missing (a restart, a failover).
 */
import type { PushStore } from "../pushes/store.ts";
import type { Head, Mark } from "./position.ts";

/** What a channel declares with `.history`. Defaults: docs/reference/limits.md. */
export interface HistoryRule {
  /** Entries kept per topic. */
  readonly size: number;
  /** Milliseconds for which an entry is replayed. */
  readonly ttl: number;
  /** Bytes of bodies kept per topic: beyond it the oldest are dropped. */
  readonly maxBytes: number;
}

/** A broadcast as it is stored: a frame of V2, as text or bytes. A store never looks into it. */
export type Body = string | Uint8Array;

/** An entry to be stored. */
export interface NewEntry {
  readonly event: string;
  readonly body: Body;
  /** Who does not get it: see {@link Stored.from}. */
  readonly from: string;
  /** Numbers the entries of a producer, from 1. */
  readonly seq: number;
  /** The caller's idempotency key, at most 128 bytes. */
  readonly id: string | undefined;
}

/** Entries of one topic that are stored together, all or none, in order. */
export interface Batch {
  readonly topic: string;
  readonly rule: HistoryRule;
  /** Identifies the sending process for this topic: 1 to 64 characters of base64url, `.`, `-`, `_`. */
  readonly producer: string;
  readonly entries: readonly NewEntry[];
  /**
   * Where the log stood when the batch was first sent, as far as this node knew. Of a repeat, the store looks for
   * (producer, seq) among the entries since then.
   */
  readonly known: Mark | undefined;
  /**
   * The batch may have been stored already: its answer was lost. The first try may even come after its repeat, when its
   * connection stalled and another one was opened: it MUST NOT be stored then.
   */
  readonly isRepeat: boolean;
}

/** The application's own connection to the database, with a transaction under way: a client of `pg`, or what is like it. */
export interface DatabaseTransaction {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

/** An entry to be stored by a transaction of the application. */
export interface OutboxEntry {
  readonly topic: string;
  readonly rule: HistoryRule;
  readonly event: string;
  readonly body: Body;
  /** As in {@link NewEntry}. */
  readonly id: string | undefined;
}

/** The answer to a {@link Batch}. */
export interface Appended {
  /** The log after it. */
  readonly head: Head;
  /** The store's time, in milliseconds since 1970. */
  readonly at: number;
  /**
   * The offset of each entry. One whose `id` is known already has the offset of the first with that id, and is not stored
   * again.
   */
  readonly offsets: readonly number[];
}

/** An entry of a log. */
export interface Stored {
  readonly topic: string;
  readonly lineage: string;
  /** The generation in which it was stored. */
  readonly tag: string;
  readonly offset: number;
  /** The store's time, in milliseconds since 1970. */
  readonly at: number;
  readonly event: string;
  readonly body: Body;
  /** Names the sender that must not get it back: a hash of a client's session, or empty. */
  readonly from: string;
  readonly producer: string;
  readonly seq: number;
}

/** Entries of one topic and its head, read at one moment. */
export interface Slice {
  readonly head: Head;
  /** The offset of the oldest entry that can still be read; `top + 1` of an empty log. */
  readonly oldest: number;
  /** In the order of offsets, without holes; newest first with `reverse`. */
  readonly entries: readonly Stored[];
}

/** Which entries to read. */
export interface Range {
  /** Those after this offset, the oldest first. Undefined: the last `limit`. */
  readonly after: number | undefined;
  readonly limit: number;
  /** Newest first: only without `after`. */
  readonly reverse?: boolean;
}

/** The state of a store, for a health page. */
export interface StoreStatus {
  /** `memory`, `cluster`, `redis`, `postgres`. */
  readonly store: string;
  readonly state: "up" | "down";
  /** When `state` began, in milliseconds since 1970. */
  readonly since: number;
  readonly reason?: string;
}

/** What a store tells the node that uses it. Never throws. */
export interface StoreEvents {
  /** An entry was stored, by any node, this one included. In the order of storing, as far as nothing is lost. */
  entry(entry: Stored): void;
  /** Entries may have been missed since the last call: of all topics. Also after each reconnect. */
  maybeMissed(): void;
  /**
   * A log was extended up to here by entries that do not come as `entry`, because they are too large or secret; or it is
   * gone, when `to` is undefined. Whoever follows the topic reads it.
   */
  moved(topic: string, to: Mark | undefined): void;
  /** The store can be reached. Called first when entries arrive from now on. */
  up(): void;
  down(reason: string): void;
}

export interface HistoryStore {
  /** Whether every entry that is stored comes to all nodes as `events.entry`; else the publisher sends it through PubSub. */
  readonly fansOut: boolean;
  /** Whether it is in this process, and answers at once: never with a promise. */
  readonly isLocal?: boolean;

  /** Remembers numbered pushes, in the same place. Undefined: channels cannot declare `.dedupe`. Used between `start` and `stop`. */
  readonly pushes?: PushStore;

  /**
   * Connects. Called once, before anything else. SHOULD resolve when the store cannot be reached for now, and call `up` later.
   * Rejects for what the operator must mend: a missing table, a missing permission.
   */
  start(events: StoreEvents): void | Promise<void>;

  /**
   * Stores a batch. At most one per topic and node is under way. Rejects with {@link NotStored} when certainly nothing
   * was stored. Any other rejection means that nobody knows: the batch comes again, with `isRepeat`. Of a repeat that can
   * neither be found nor ruled out it answers "unknown".
   */
  append(batch: Batch): Appended | "unknown" | Promise<Appended | "unknown">;

  /** Reads entries, at one moment. Rejects when the store cannot be reached. */
  read(topic: string, rule: HistoryRule, range: Range): Slice | Promise<Slice>;

  /** The heads of topics, undefined for those without a log. Keeps the logs of these topics from being forgotten. */
  heads(topics: readonly string[]): readonly (Head | undefined)[] | Promise<readonly (Head | undefined)[]>;

  /** Removes the log of a topic: the next one has another lineage. */
  clear(topic: string): void | Promise<void>;

  /**
   * Stores an entry when the transaction of the caller's database client commits, and not at all when it rolls back. Only
   * of a store in a database. Rejects with the database's error.
   */
  outbox?(transaction: DatabaseTransaction, entry: OutboxEntry): Promise<void>;

  status(): StoreStatus;

  stop(): void | Promise<void>;
}

/** Nothing of a batch was stored, and nothing will be. */
export class NotStored extends Error {
  override readonly name = "NotStored";
}
