/**
 * Telemetry: what happens inside, as events on `node:diagnostics_channel`. Logs, metrics, traces and tests all read
 * this one stream. The channel of event `socket.connected` is named `wingbeat:socket.connected`.
 *
 * An event costs nothing while nobody listens. Listeners run synchronously in the middle of the work they observe: keep
 * them short. An exception or rejection of a listener affects neither that work nor the process; it is reported as
 * `telemetry.listener_failed`. This holds for `Telemetry.attach`, and for subscribers through `node:diagnostics_channel` that
 * were added after this module was loaded.
 */
import diagnosticsChannel from "node:diagnostics_channel";
import { guardSubscribers } from "./telemetry/guard.ts";
import { describeError } from "./telemetry/printable.ts";

/** The source of an event. */
interface Source {
  /** The endpoint, for processes that have several. */
  readonly endpoint: object;
  /** The mount path of the socket: `/socket`. */
  readonly path: string;
}

interface ConnectionSource extends Source {
  /** The socket's id, or null for an anonymous one. */
  readonly id: string | null;
  readonly transport: string;
}

interface ChannelSource extends ConnectionSource {
  readonly topic: string;
}

/** A message whose topic and event are unchecked: what the client sent, any JSON value. */
interface UncheckedSource extends ConnectionSource {
  readonly topic: unknown;
  readonly event: unknown;
}

interface ProcessSource extends ChannelSource {
  /** The pattern of the channel's definition: `room:{id}`. Low cardinality, whatever clients send. */
  readonly pattern: string;
}

/** How important a line of the log is, from the least to the most. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A callback of a channel. `join` includes callbacks passed to `afterJoin`. */
export type ChannelCallback =
  | "join"
  | "handleIn"
  | "handleOut"
  | "handleInfo"
  | "handleCommand"
  | "reauthorize"
  | "terminate"
  | "onEnd"
  | "spawn";

/** A shard of a tracker, and the name of the other node. */
interface ShardSource {
  readonly shard: string;
  readonly node: string;
}

/** Somebody in the inspector. */
interface InspectorSource {
  readonly endpoint: object;
  /** As `authorize` has named them; null: it has not. */
  readonly user: string | null;
  readonly address: string;
}

/** The adapter of a node. */
interface AdapterSource {
  /** What connects the nodes: `redis`, `cluster` … */
  readonly adapter: string;
  readonly nodeName: string;
}

/** The catalogue: each event and its data. Durations are milliseconds with a fraction. */
export interface TelemetryEvents {
  /** A connection was accepted. */
  "socket.connected": ConnectionSource & { readonly vsn: string; readonly params: object; readonly duration: number };
  /**
   * A connection was refused; clients with extensions that `connect` has refused are told the reason, `status` is what
   * others get. A reason that cannot be sent is reported as `error`. `stage` says which check refused it: the version, the origin check,
   * the subprotocols, `connect`, or a `connect` that threw (`error` is what it threw). `limit`: a connection limit is
   * reached (`reason` is the option's name); `draining`: the endpoint accepts no more; `timeout`: async callbacks took
   * longer than `connectTimeout`; `gone`: the client left while they were running (status 499: nobody was answered).
   */
  "socket.refused": Source & {
    readonly transport: string;
    readonly stage:
      | "version"
      | "origin"
      | "subprotocol"
      | "auth token"
      | "connect"
      | "connect crashed"
      | "request"
      | "limit"
      | "draining"
      | "timeout"
      | "gone";
    readonly status: number;
    readonly reason?: unknown;
    readonly error?: unknown;
  };
  /**
   * A client has sent new credentials, and `connect` has run with them. `refused`: it is told `reason`, and closed with
   * 4403. `other id`: closed with 4401, to connect again as who it is now. `crashed` and `timeout` (`connectTimeout`): it
   * may try again until its login expires.
   */
  "socket.refreshed": ConnectionSource & {
    readonly result: "ok" | "refused" | "other id" | "crashed" | "timeout";
    readonly reason?: unknown;
    readonly error?: unknown;
    readonly duration: number;
  };
  /** A client's login has expired: it is being closed with 4401. */
  "socket.expired": ConnectionSource;
  /** A request to an endpoint failed through no fault of the client; its connection was closed. */
  "http.failed": { readonly error: unknown };
  /** A batch of clients is being drained. `interval` is the time until the next batch. */
  "endpoint.draining": {
    readonly endpoint: object;
    readonly count: number;
    readonly total: number;
    /** From 1. */
    readonly round: number;
    readonly rounds: number;
    readonly interval: number;
  };
  /**
   * More than `limit` TCP connections of `listen` have not sent a request yet (`maxPendingSockets`): the oldest was
   * closed.
   */
  "endpoint.pending_socket_ended": { readonly endpoint: object; readonly limit: number };
  /** A connection has ended. `code` and `reason` are those of the WebSocket close (1006: without a close frame). */
  "socket.closed": ConnectionSource & { readonly code: number; readonly reason: string };
  /**
   * A frame could not be decoded as a message. `closing`: the connection is being closed with 1011; otherwise the frame was
   * ignored (`badFrames` of the mount).
   */
  "socket.bad_frame": ConnectionSource & { readonly reason: string; readonly closing: boolean };
  /** A slow consumer: more than `limit` bytes are buffered for a client. It is being closed with 1013. */
  "socket.slow_consumer": ConnectionSource & { readonly bufferedBytes: number; readonly limit: number };
  /**
   * A POST of a long-poll client was refused as a whole: its body or batch exceeds `limit` (an option of the mount;
   * undefined when the body is not UTF-8), or too much of its client's input is still waiting.
   */
  "longpoll.refused": Source & {
    readonly reason: "body too large" | "body too slow" | "body is not UTF-8" | "batch too large" | "too much waits";
    readonly limit: number | undefined;
  };
  /**
   * An endpoint has long polling and a PubSub adapter, but no `secretKeyBase`: other nodes will not know its clients.
   */
  "longpoll.secret_is_random": { readonly endpoint: object };
  /**
   * A message exceeded a rate limit of its socket and was answered with "rate limited". `closing`: the client ignores
   * the limit, and its connection is being closed with 1008.
   */
  "socket.rate_limited": UncheckedSource & {
    readonly limit: "eventsPerSecond" | "joinsPerSecond" | "channelEventsPerSecond";
    readonly perSecond: number;
    readonly closing: boolean;
  };
  /**
   * A channel's mailbox is full (`maxMailboxMessages`: `waiting` messages), or the messages waiting on all channels of the
   * connection take too much memory (`maxMailboxBytes`: `waiting` bytes): the transport has stopped reading from this
   * connection.
   */
  "socket.paused": ChannelSource & {
    readonly limit: "maxMailboxMessages" | "maxMailboxBytes";
    readonly waiting: number;
  };
  /** The mailboxes have drained to half of the limit: the transport reads again. */
  "socket.resumed": ChannelSource & {
    readonly limit: "maxMailboxMessages" | "maxMailboxBytes";
    readonly waiting: number;
  };
  /** A client has sent more than its socket's `bytesPerSecond` allows: reading pauses for `waitMs`. */
  "socket.throttled": ConnectionSource & { readonly bytesPerSecond: number; readonly waitMs: number };
  /** A join was answered. `result` "crashed" is followed by `channel.crashed`. */
  "channel.joined": ProcessSource & {
    readonly result: "ok" | "refused" | "invalid payload" | "crashed";
    readonly params: unknown;
    /** The level that the channel's `log` sets. */
    readonly log: LogLevel | false;
    readonly duration: number;
  };
  /** A join or message for a topic that matches no channel, or that is not joined. */
  "channel.unmatched": UncheckedSource;
  /** A join was refused because the connection has `limit` channels already. */
  "channel.too_many": ChannelSource & { readonly limit: number };
  /**
   * A client's message was handled. `outcome` is the reply's status, or how else it ended: of a numbered push also `repeated`
   * (it was handled before), and what its reply says in `push`.
   */
  "channel.handled_in": ProcessSource & {
    /** As the client sent it: any JSON value. */
    readonly event: unknown;
    /** The event as the channel declares it: `shout`, `reaction:*`. Undefined when no handler matches. */
    readonly handler: string | undefined;
    readonly payload: unknown;
    readonly outcome: string;
    readonly log: LogLevel | false;
    readonly duration: number;
  };
  /** A callback threw, rejected or returned an invalid value. The channel ends; `error` never reaches the client. */
  "channel.crashed": ProcessSource & {
    readonly callback: ChannelCallback;
    readonly event: string | undefined;
    readonly error: unknown;
  };
  /**
   * Broadcasts or commands did not reach a channel, because too many of them waited for a running callback. `event`: the
   * name of the first one; undefined for the sum of the others, which is reported when nothing waits any more.
   */
  "channel.dropped": ProcessSource & { readonly event: string | undefined; readonly count: number };
  /**
   * A client that was behind did not get `conflated` messages, because newer ones replaced them, and `volatile` ones.
   * Reported when it has caught up, when something was sent to it that must arrive, or when the channel has ended.
   */
  "channel.skipped": ProcessSource & { readonly conflated: number; readonly volatile: number };
  /**
   * For a client that is behind, messages with more than `limit` keys (`maxConflatedKeys`), or with too many bytes, would
   * be held back: the oldest were sent. Reported for each of them.
   */
  "channel.too_many_keys": ProcessSource & { readonly limit: number };
  /** The key function of `conflate` threw, or returned no key: the message was sent like any other. */
  "channel.key_failed": { readonly topic: string; readonly event: string; readonly error: unknown };
  /**
   * An async callback has not settled for `duration` ms, longer than the socket's `slowCallback`. Reported once; the
   * channel keeps waiting for it, and so do its client's messages.
   */
  "channel.slow_callback": ProcessSource & {
    readonly callback: ChannelCallback;
    readonly event: string | undefined;
    readonly duration: number;
  };
  /** A command reached channels of a topic that have no `handleCommand` for it. Nothing else happens. */
  "channel.unknown_command": {
    readonly endpoint: object;
    readonly topic: string;
    readonly pattern: string;
    readonly command: string;
    readonly channels: number;
  };
  /** A channel has ended, and its `terminate` has run. */
  "channel.terminated": ProcessSource & { readonly reason: string };
  /**
   * A message was delivered to the subscribers of this node: how many there are, including the sender's own. `from`:
   * whether it was sent on this node or another.
   */
  "pubsub.delivered": {
    readonly pubsub: object;
    readonly topic: string;
    readonly subscribers: number;
    readonly from: "here" | "elsewhere";
  };
  /**
   * Some subscribers of this node did not get a message, while all others did: a plain subscriber threw, a client's
   * version cannot carry the payload (bytes for a V1 client), or a message from another node cannot be read or sent.
   */
  "pubsub.delivery_failed": {
    readonly topic: string;
    /** Of a broadcast. */
    readonly event?: string;
    /** How many did not get it, if known. */
    readonly subscribers?: number;
    readonly error: unknown;
  };
  /** A numbered push is handled again: its first run was cut off, and the channel declares `.dedupe({ unknown: "run" })`. */
  "push.repeated": ProcessSource & { readonly key: string; readonly attempt: number };
  /** A client asked again for the reply to a numbered push, which is not kept any more or was too large. */
  "push.expired": ProcessSource & { readonly key: string };
  /** A client was told that it is unknown whether its numbered push was handled, or how far. */
  "push.unknown": ProcessSource & { readonly key: string };
  /** The reply to a numbered push could not be stored in 5 seconds: it is sent when it is. */
  "push.store_slow": ProcessSource & { readonly key: string };
  /** Broadcasts of this node were recorded. `batch`: how many at once. */
  "history.published": { readonly topic: string; readonly duration: number; readonly batch: number };
  /** A broadcast was not recorded (`refused`, `too_large`), or it is unknown whether it was (`unknown`). */
  "history.publish_failed": {
    readonly topic: string;
    readonly event: string;
    readonly reason: "refused" | "too_large" | "unknown";
    readonly error: unknown;
  };
  /**
   * A client with a position has joined a topic with a history. `recovered` is undefined when it did not ask for what came
   * before; `count`: how many messages it is sent.
   */
  "history.joined": ProcessSource & {
    readonly recovered: boolean | undefined;
    readonly reason: string | undefined;
    readonly count: number;
  };
  /** Messages could not be sent to clients that have joined: they were told to load again. */
  "history.gap": { readonly topic: string; readonly reason: string; readonly clients: number };
  /** So many messages that had not arrived were read from the log. */
  "history.repaired": { readonly topic: string; readonly count: number };
  /** The log has another generation: the store was restarted or has failed over, or has lost the log. `lost`: how many messages were delivered here that it does not have. */
  "history.generation": { readonly topic: string; readonly boundary: number; readonly lost: number };
  /** A process broadcast on a topic with a history without recording it: it does not declare the history. */
  "history.bypassed": { readonly topic: string; readonly event: string };
  /** A log was dropped, because all logs together were too large. */
  "history.trimmed_early": { readonly topic: string; readonly maxBytes: number };
  /**
   * The file of `memoryHistory` could not be understood or written, or belongs to another process by now: clients that come
   * back are told to load again.
   */
  "history.file_failed": { readonly file: string; readonly error: unknown };
  /** The log of a topic is read from the store. */
  "history.read": { readonly topic: string };
  "history.store_up": { readonly store: string };
  /** The history store cannot be reached: what is broadcast on topics with a history waits for it. */
  "history.store_down": { readonly store: string; readonly reason: string };
  /** The adapter has connected this node to the others. `duration`: for how long it was down, in ms. */
  "pubsub.adapter_up": AdapterSource & { readonly duration: number };
  /**
   * The adapter is not, or no longer, connected: broadcasts reach this node only and are queued for the others. It
   * reconnects by itself.
   */
  "pubsub.adapter_down": AdapterSource & { readonly reason: string; readonly error: unknown };
  /**
   * Messages of this node were dropped: the queue was full, one was larger than the queue, the engine did not confirm
   * them (they may have arrived anyway), or the node stopped. Aggregated over up to 200 ms.
   */
  "pubsub.lost": AdapterSource & {
    readonly count: number;
    readonly reason: "queue full" | "too large" | "not confirmed" | "stopped";
    readonly error?: unknown;
  };
  /** Broadcasts of the node `from` did not arrive here. Aggregated over up to 200 ms. */
  "pubsub.missed": AdapterSource & { readonly count: number; readonly from: string };
  /**
   * A message arrived that is broken, not of this version of Wingbeat, not signed with one of our secrets (`secret`),
   * or whose sequence number is implausible. Reported up to ten times in 200 ms; the rest are counted and reported
   * together with the last error.
   */
  "pubsub.unreadable": AdapterSource & { readonly count: number; readonly error: unknown };
  /**
   * A history could not do what it does from time to time: move the outbox to the logs, or drop what is too old. It tries
   * again.
   */
  "history.upkeep_failed": {
    readonly store: string;
    readonly task: "outbox" | "sweep";
    readonly error: unknown;
  };
  /**
   * A broadcaster has not heard from any endpoint for some seconds: the engine is down, or no endpoint is connected to
   * it. Reported once, until one answers.
   */
  "broadcaster.alone": { readonly endpoint: object; readonly adapter: string; readonly reason: string };
  /** The publish handler has handed messages to PubSub. `bytes`: of the request's body. */
  "publish.accepted": { readonly endpoint: object; readonly messages: number; readonly bytes: number };
  /** The publish handler has refused a request. `error`: what went wrong on this side. */
  "publish.refused": {
    readonly endpoint: object;
    readonly status: number;
    readonly reason: string;
    readonly error?: unknown;
  };
  /** An inspector serves a page that shows this endpoint (`wingbeat/inspector`). `isLocal`: to programs of this machine only. */
  "inspector.mounted": { readonly endpoint: object; readonly path: string; readonly isLocal: boolean };
  /**
   * Somebody was not let into the inspector. `host`, `other site`: the request was sent to another host, or by a page of
   * another site. `ticket`: the page's connection came without one. `too many failures`: this address has to wait
   * (`failuresPerMinute`). `crashed`: `authorize` threw, or returned what it must not; `timeout`: it took longer than
   * `connectTimeout`; `busy`: too many of its decisions are running; `gone`: the client left meanwhile.
   */
  "inspector.refused": {
    readonly endpoint: object;
    readonly address: string;
    readonly reason:
      | "not authorized"
      | "not this machine"
      | "host"
      | "other site"
      | "ticket"
      | "too many failures"
      | "crashed"
      | "timeout"
      | "busy"
      | "gone";
    readonly error?: unknown;
  };
  /** Somebody looks at the endpoint. Reported once, until they have been away for some minutes. */
  "inspector.opened": InspectorSource;
  /** Somebody watches messages. `target`: of what. `reveal`: with their payloads, filtered as in the log. */
  "inspector.tapped": InspectorSource & { readonly target: string; readonly reveal: boolean };
  /** Somebody has closed connections by the inspector, or has tried to. */
  "inspector.action": InspectorSource & {
    readonly action: "disconnect" | "disconnect_id";
    readonly target: string;
    readonly outcome: "done" | "nothing found" | "not allowed";
  };
  // In the primary of `runCluster`.
  /** A worker has started its server. */
  "cluster.worker_ready": { readonly pid: number };
  /** A worker could not be started, written to or killed. When it ends, `cluster.worker_exited` follows. */
  "cluster.worker_failed": { readonly pid: number | undefined; readonly error: unknown };
  /** A worker has ended. `restartIn`: milliseconds until it is replaced; null: it is not. */
  "cluster.worker_exited": {
    readonly pid: number;
    readonly code: number | null;
    readonly signal: string | null;
    readonly restartIn: number | null;
  };
  /** SIGTERM or SIGINT: all workers are told to close. */
  "cluster.draining": { readonly signal: string; readonly workers: number };
  /**
   * Another node's tracker is up, down (silent; its `presences` are hidden) or permanently gone. `shard` is
   * `<tracker>_shard<n>`.
   */
  "tracker.node_changed": ShardSource & {
    readonly is: "up" | "down" | "gone";
    readonly replica: string;
    readonly presences: number;
  };
  /** Changes from other nodes were merged: how many presences joined and left. */
  "tracker.merged": {
    readonly shard: string;
    readonly joins: number;
    readonly leaves: number;
    readonly duration: number;
  };
  /** A transfer was requested from a node that knows more. */
  "tracker.transfer_requested": ShardSource;
  /** A transfer was sent to a node that knew less: the missing changes, or everything. */
  "tracker.transfer_sent": ShardSource & { readonly isSnapshot: boolean; readonly messages: number };
  /** There are `limit` other nodes already: this one is ignored. Reported once per `broadcastPeriod`. */
  "tracker.node_refused": ShardSource & { readonly limit: number };
  /**
   * Other nodes reported `isAheadBy` changes of a node that it did not make. The node's own account is trusted. Either
   * somebody forges messages, or two nodes have the same name.
   */
  "tracker.corrected": ShardSource & { readonly isAheadBy: number };
  /** Another node's message, or a presence in it, could not be read. */
  "tracker.bad_message": { readonly shard: string; readonly message: unknown };
  /** A presence of this node that the PubSub adapter cannot carry: it is visible on this node only. */
  "tracker.entry_refused": {
    readonly shard: string;
    readonly topic: string;
    readonly key: string;
    readonly error: unknown;
  };
  /** The PubSub adapter rejected a tracker's message. It is sent again later, or requested by the other nodes. */
  "tracker.broadcast_failed": { readonly shard: string; readonly error: unknown };
  /** `fetch` of a presence threw, rejected or timed out: clients get the bare metas. */
  "presence.fetch_failed": { readonly name: string; readonly topic: string; readonly error: unknown };
  /** `handleMetas` of a presence threw or rejected, or `countOnly` threw or did not return a boolean. */
  "presence.callback_failed": { readonly name: string; readonly topic: string; readonly error: unknown };
  /**
   * A listener of the event `event` threw or rejected. Reported at most once a minute per listener; `failures`: how
   * often it has failed since the last report. Without a listener of this event it becomes a Node warning.
   */
  "telemetry.listener_failed": { readonly event: string; readonly error: unknown; readonly failures: number };
}

/** The name of an event: `socket.connected`, `channel.crashed` … */
export type TelemetryEvent = keyof TelemetryEvents;

/** The names of all events. A name that is missing here does not compile. */
const NAMES: Readonly<Record<TelemetryEvent, true>> = {
  "socket.connected": true,
  "socket.refused": true,
  "socket.refreshed": true,
  "socket.expired": true,
  "http.failed": true,
  "endpoint.draining": true,
  "endpoint.pending_socket_ended": true,
  "socket.closed": true,
  "socket.bad_frame": true,
  "socket.slow_consumer": true,
  "longpoll.refused": true,
  "longpoll.secret_is_random": true,
  "socket.rate_limited": true,
  "socket.paused": true,
  "socket.throttled": true,
  "socket.resumed": true,
  "channel.joined": true,
  "channel.unmatched": true,
  "channel.too_many": true,
  "channel.handled_in": true,
  "channel.crashed": true,
  "channel.dropped": true,
  "channel.skipped": true,
  "channel.too_many_keys": true,
  "channel.key_failed": true,
  "channel.slow_callback": true,
  "channel.unknown_command": true,
  "channel.terminated": true,
  "pubsub.delivered": true,
  "pubsub.delivery_failed": true,
  "push.repeated": true,
  "push.expired": true,
  "push.unknown": true,
  "push.store_slow": true,
  "history.published": true,
  "history.publish_failed": true,
  "history.joined": true,
  "history.gap": true,
  "history.repaired": true,
  "history.generation": true,
  "history.bypassed": true,
  "history.trimmed_early": true,
  "history.file_failed": true,
  "history.read": true,
  "history.store_up": true,
  "history.store_down": true,
  "pubsub.adapter_up": true,
  "pubsub.adapter_down": true,
  "pubsub.lost": true,
  "pubsub.missed": true,
  "pubsub.unreadable": true,
  "history.upkeep_failed": true,
  "broadcaster.alone": true,
  "publish.accepted": true,
  "publish.refused": true,
  "inspector.mounted": true,
  "inspector.refused": true,
  "inspector.opened": true,
  "inspector.tapped": true,
  "inspector.action": true,
  "cluster.worker_ready": true,
  "cluster.worker_failed": true,
  "cluster.worker_exited": true,
  "cluster.draining": true,
  "tracker.node_changed": true,
  "tracker.merged": true,
  "tracker.transfer_requested": true,
  "tracker.transfer_sent": true,
  "tracker.node_refused": true,
  "tracker.corrected": true,
  "tracker.bad_message": true,
  "tracker.entry_refused": true,
  "tracker.broadcast_failed": true,
  "presence.fetch_failed": true,
  "presence.callback_failed": true,
  "telemetry.listener_failed": true,
};

/** Of the names of the diagnostics channels. */
export const PREFIX = "wingbeat:";
const channels = new Map<TelemetryEvent, diagnosticsChannel.Channel>();
for (const event of Object.keys(NAMES) as TelemetryEvent[]) {
  const channel = diagnosticsChannel.channel(PREFIX + event);
  guardSubscribers(channel, listenerFailed);
  channels.set(event, channel);
}

function channelOf(event: TelemetryEvent): diagnosticsChannel.Channel {
  return channels.get(event) as diagnosticsChannel.Channel;
}

const LONGEST_WARNING = 500;

/** Reported as an event. When nobody listens to it, or the failed listener is one of that event, as a Node warning. */
function listenerFailed(channel: string, error: unknown, failures: number): void {
  const event = channel.slice(PREFIX.length);
  if (event !== "telemetry.listener_failed" && isObserved("telemetry.listener_failed")) {
    emit("telemetry.listener_failed", { event, error, failures });
    return;
  }
  const times = failures === 1 ? "" : ` ${failures} times`;
  process.emitWarning(`a telemetry listener of ${event} failed${times}: ${describeError(error, LONGEST_WARNING)}`, {
    type: "WingbeatWarning",
    code: "WB_LISTENER",
  });
}

/** Whether anybody listens. Checked on hot paths before an event's data is built. */
export function isObserved(event: TelemetryEvent): boolean {
  return channelOf(event).hasSubscribers;
}

/** Publishes an event. For the framework only. */
export function emit<Event extends TelemetryEvent>(event: Event, data: TelemetryEvents[Event]): void {
  const channel = channelOf(event);
  if (channel.hasSubscribers) channel.publish(data);
}
