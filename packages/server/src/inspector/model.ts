/**
 * What the inspector shows: one shape per view, as JSON. The page, `wingbeat top` and `GET …/snapshot/<view>` read the
 * same shapes. A node answers for itself; the node that is looked at merges the answers of all.
 *
 * Times are milliseconds since 1970, durations milliseconds. Counts and rates are of the time since somebody looks, for
 * an hour at most; a rate is per second, over the last ten seconds. Names of topics, events and ids come from
 * clients: they are text to show, never markup.
 */
import type { AdapterStatus, StoreStatus } from "../pubsub.ts";
import type { ChannelCallback } from "../telemetry.ts";

/** At most so many rows are in an answer. */
export const MAX_ROWS = 200;
/** A tapped payload is cut after so many characters. */
export const MAX_PAYLOAD = 1_024;

/** The query and the data of each view. */
export interface Views {
  readonly overview: { readonly query: NoQuery; readonly data: Overview };
  readonly doors: { readonly query: NoQuery; readonly data: Doors };
  readonly connections: { readonly query: ConnectionsQuery; readonly data: Connections };
  readonly connection: { readonly query: ConnectionKey; readonly data: ConnectionDetail | null };
  readonly topics: { readonly query: TopicsQuery; readonly data: Topics };
  readonly topic: { readonly query: { readonly topic: string }; readonly data: TopicDetail };
  readonly events: { readonly query: NoQuery; readonly data: Events };
  readonly errors: { readonly query: NoQuery; readonly data: Errors };
  readonly pressure: { readonly query: NoQuery; readonly data: Pressure };
  readonly presence: { readonly query: NoQuery; readonly data: Presences };
  readonly history: { readonly query: NoQuery; readonly data: Histories };
  readonly cluster: { readonly query: NoQuery; readonly data: Cluster };
}

export type ViewName = keyof Views;
export type QueryOf<View extends ViewName> = Views[View]["query"];
export type DataOf<View extends ViewName> = Views[View]["data"];
export type NoQuery = Readonly<Record<string, never>>;

/** A view of all nodes. */
export interface Answer<View extends ViewName = ViewName> {
  readonly view: View;
  readonly at: number;
  /** The nodes that have answered, the one that is looked at first. */
  readonly nodes: readonly string[];
  /** The nodes that are known and did not answer in time: what they have is missing in `data`. */
  readonly silent: readonly string[];
  readonly data: DataOf<View>;
}

/** Names a connection. Keys are numbers that a node gives; they are not given again. */
export interface ConnectionKey {
  readonly node: string;
  readonly key: number;
}

// Overview.

export interface Overview {
  readonly nodes: readonly NodeRow[];
  /** The sums of the nodes. */
  readonly connections: number;
  readonly channels: number;
  readonly bufferedBytes: number;
  readonly rates: Rates;
}

export interface NodeRow {
  readonly name: string;
  readonly pid: number;
  /** Of the package `wingbeat`. */
  readonly version: string;
  /** Of the runtime: `v20.20.2`. */
  readonly runtime: string;
  readonly startedAt: number;
  readonly status: "ok" | "degraded" | "draining";
  readonly connections: number;
  readonly channels: number;
  readonly topics: number;
  readonly subscriptions: number;
  readonly bufferedBytes: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
  /** The share of one core that the process has used since it was asked last, 0 to 1 and more. */
  readonly cpu: number;
  /** The delay of the event loop that 99 % of its turns stay below. */
  readonly lag: number;
  /** The share of one core that the inspector itself has used, as far as it can tell. */
  readonly inspectorCpu: number;
  readonly rates: Rates;
}

/** Per second. */
export interface Rates {
  readonly connects: number;
  readonly refusals: number;
  readonly closes: number;
  readonly joins: number;
  /** Messages of clients that were handled. */
  readonly messagesIn: number;
  /** Broadcasts that were delivered to subscribers of a node, and to how many subscribers in sum. */
  readonly broadcasts: number;
  readonly deliveries: number;
  readonly crashes: number;
  /** How long handling a message took: half of them and 99 % stay below. Null when there was none. */
  readonly p50: number | null;
  readonly p99: number | null;
}

// Doors: why clients cannot connect, and why connections have ended. Refusals are always counted, also while nobody looks.

export interface Doors {
  readonly refusals: readonly {
    readonly stage: string;
    readonly reason: string;
    readonly count: number;
    readonly lastAt: number;
  }[];
  readonly closes: readonly {
    readonly code: number;
    readonly reason: string;
    readonly count: number;
    readonly lastAt: number;
  }[];
}

// Connections and their channels.

export interface ConnectionsQuery {
  /** Only those whose id begins so. */
  readonly id?: string;
  readonly node?: string;
  /** `newest`, or the most of something first. Default `newest`. */
  readonly sort?: "newest" | "buffered" | "channels";
}

export interface Connections {
  /** How many match, of which `rows` has at most {@link MAX_ROWS}. */
  readonly total: number;
  readonly rows: readonly ConnectionRow[];
}

export interface ConnectionRow extends ConnectionKey {
  readonly id: string | null;
  readonly path: string;
  readonly transport: string;
  readonly vsn: string;
  /** Whether it is a client with Wingbeat's extensions. */
  readonly extensions: boolean;
  readonly connectedAt: number;
  readonly channels: number;
  readonly bufferedBytes: number;
  /** Bytes of its messages that wait for busy channels. */
  readonly waitingBytes: number;
  /** Whether we have stopped reading from it. */
  readonly paused: boolean;
}

export interface ConnectionDetail extends ConnectionRow {
  readonly topics: readonly ChannelRow[];
}

export interface ChannelRow {
  readonly topic: string;
  readonly pattern: string;
  readonly state: "joining" | "joined" | "ending";
  /** Messages that wait in its mailbox. */
  readonly waiting: number;
  /** The callback that is running, and for how long. Null: it is idle. */
  readonly running: { readonly callback: ChannelCallback; readonly event: string | null; readonly for: number } | null;
  readonly subscriptions: number;
  readonly timers: number;
  readonly tasks: number;
  /** The names of its assigns; their values are never shown. */
  readonly assigns: readonly string[];
}

// Topics.

export interface TopicsQuery {
  /** Only those whose name begins so. */
  readonly topic?: string;
  /** Most first. Default `subscribers`. */
  readonly sort?: "subscribers" | "rate";
}

export interface Topics {
  /** How many match on the node that has the most: at least so many there are. */
  readonly total: number;
  readonly rows: readonly TopicRow[];
}

export interface TopicRow {
  readonly topic: string;
  /** On all nodes. */
  readonly subscribers: number;
  /** Broadcasts per second. */
  readonly rate: number;
  readonly nodes: readonly string[];
}

export interface TopicDetail extends TopicRow {
  readonly byNode: readonly { readonly node: string; readonly subscribers: number }[];
  /** Some of the connections on it, at most {@link MAX_ROWS}. */
  readonly connections: readonly ConnectionRow[];
  /** Of each presence that has somebody on the topic: how many keys and metas. */
  readonly presences: readonly { readonly name: string; readonly keys: number; readonly metas: number }[];
  readonly history: HistoryRow | null;
}

// Events: what is handled, how often, how fast.

export interface Events {
  readonly rows: readonly {
    readonly pattern: string;
    /** As the channel declares it: `new_msg`, `reaction:*`, or `(no handler)`. */
    readonly event: string;
    readonly count: number;
    readonly rate: number;
    readonly p50: number;
    readonly p99: number;
    readonly outcomes: Readonly<Record<string, number>>;
  }[];
}

// Errors: always kept, also while nobody looks.

export interface Errors {
  readonly crashes: readonly Crash[];
  /** Limits that were reached and messages that were lost, by telemetry event and what it names. */
  readonly warnings: readonly Warning[];
}

/** Crashes with the same stack. */
export interface Crash {
  readonly nodes: readonly string[];
  readonly pattern: string;
  readonly callback: ChannelCallback;
  readonly event: string | null;
  readonly error: string;
  readonly stack: string;
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The last one's topic, its connection's id, and what that channel received before, as far as somebody looked. */
  readonly topic: string;
  readonly id: string | null;
  readonly frames: readonly TapFrame[];
}

export interface Warning {
  /** Of telemetry: `socket.slow_consumer`, `pubsub.lost` … */
  readonly event: string;
  /** The limit or the reason that it names. */
  readonly what: string;
  readonly nodes: readonly string[];
  /** How often; of lost or missed messages, how many. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The last one in words: topic, id, figures. */
  readonly last: string;
}

// Pressure: who is slow.

export interface Pressure {
  /** Those with the most bytes buffered. */
  readonly slow: readonly ConnectionRow[];
  readonly paused: readonly ConnectionRow[];
  /** Channels with the fullest mailboxes. */
  readonly busy: readonly (ConnectionKey & { readonly id: string | null; readonly channel: ChannelRow })[];
}

// Presence.

export interface Presences {
  readonly rows: readonly {
    readonly name: string;
    /** On all nodes, as one node sees it. */
    readonly topics: number;
    readonly metas: number;
    readonly nodes: readonly { readonly name: string; readonly is: "up" | "down" }[];
    readonly largest: readonly { readonly topic: string; readonly metas: number }[];
  }[];
}

// History.

export interface Histories {
  readonly store: StoreStatus | null;
  readonly rows: readonly HistoryRow[];
  /** Counted since somebody looks. */
  readonly published: number;
  readonly failed: number;
  readonly recovered: number;
  readonly notRecovered: number;
  readonly gaps: number;
  readonly repaired: number;
}

export interface HistoryRow {
  readonly topic: string;
  readonly epoch: string;
  readonly offset: number;
  /** How many messages this node keeps of it in memory. */
  readonly kept: number;
  readonly nodes: readonly string[];
}

// Cluster.

export interface Cluster {
  readonly rows: readonly {
    readonly node: string;
    readonly version: string;
    readonly startedAt: number;
    readonly pubsub: AdapterStatus;
    readonly lost: readonly { readonly reason: string; readonly count: number }[];
    readonly missed: readonly { readonly from: string; readonly count: number }[];
  }[];
}

// Taps.

/** What to watch on all nodes: one connection, a topic, or all connections of an id. */
export type TapTarget = { readonly connection: ConnectionKey } | { readonly topic: string } | { readonly id: string };

/** One message between a client and a channel. */
export interface TapFrame {
  readonly at: number;
  readonly node: string;
  readonly direction: "in" | "out";
  readonly key: number | null;
  readonly id: string | null;
  readonly topic: string;
  readonly event: string;
  readonly ref: string | null;
  /** Of the payload, or of the frame if that is known. */
  readonly bytes: number | null;
  /** Filtered as the logger does, cut at {@link MAX_PAYLOAD}. Without `reveal` only its shape: `{ body: string }`. */
  readonly payload: string;
  /** Of a handled message: how it ended, and how long it took. */
  readonly outcome: string | null;
  readonly duration: number | null;
}

/** A tap ends by itself after `TAP_TIME`, and drops what exceeds `TAP_RATE` frames per second. */
export const TAP_TIME = 300_000;
export const TAP_RATE = 200;

/** What a tap sends, a few times per second. */
export interface TapBatch {
  readonly frames: readonly TapFrame[];
  /** Frames that were left out since the last batch. */
  readonly dropped: number;
}

// Actions.

export type InspectorAction =
  | { readonly action: "disconnect"; readonly connection: ConnectionKey }
  | { readonly action: "disconnect_id"; readonly id: string };
