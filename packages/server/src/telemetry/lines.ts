/** The log line for each telemetry event. */
import type { LogLevel, TelemetryEvents } from "../telemetry.ts";
import { MAX_SENT } from "./filter.ts";
import type { Filter } from "./filter.ts";
import { printable, printableValue } from "./printable.ts";

/** The maximum length of one value in a line, in characters: topics, events, ids, reasons … */
const MAX_PART = 256;
/** The maximum length of a line. */
const MAX_LINE = 2_000;

/** A line before formatting: its values may be anything that clients and the application produced. */
export interface Said {
  readonly words: readonly string[];
  readonly values: readonly unknown[];
}

/** The only way to build a line, so that every value is turned into text by {@link textOf}. */
const say = (words: readonly string[], ...values: readonly unknown[]): Said => ({ words, values });

/** The text of a line, followed by client input where that is printed. */
export function textOf({ words, values }: Said, sent: readonly unknown[], filter: Filter): string {
  const parts = values.map((value, index) => partOf(value, filter) + (words[index + 1] ?? ""));
  const printed = sent.map((value) => JSON.stringify(value) ?? "").filter((value) => value !== "{}" && value !== "");
  const line = [`${words[0] ?? ""}${parts.join("")}`, ...printed.map((value) => printable(value, MAX_SENT))].join(" ");
  return printable(line, MAX_LINE);
}

function partOf(value: unknown, filter: Filter): string {
  if (typeof value === "string") return printable(value, MAX_PART);
  if (typeof value !== "object" || value === null) return String(value);
  return printable(JSON.stringify(filter(value, MAX_PART)), MAX_PART);
}

/** A field of a structured line: strings as in a text line, everything else as plain JSON. */
export function fieldOf(value: unknown, filter: Filter): unknown {
  if (typeof value === "string") return printable(value, MAX_PART);
  return typeof value === "object" && value !== null ? printableValue(filter(value), MAX_SENT) : value;
}

/** A line for an event: its level (false: not logged), its text, and an error whose stack is printed with it. */
export type Line = readonly [level: LogLevel | false, line: Said, error?: unknown];
type Lines = { readonly [Event in keyof TelemetryEvents]?: (data: TelemetryEvents[Event]) => Line };

const ms = (duration: number): string =>
  duration < 1 ? `${Math.round(duration * 1000)}µs` : `${duration.toFixed(1)}ms`;
const who = (id: string | null): string => id ?? "anonymous";

export const LINES: Lines = {
  "socket.connected": ({ path, id, vsn, duration }) => [
    "info",
    say`CONNECTED ${path} as ${who(id)} (vsn ${vsn}) in ${ms(duration)}`,
  ],
  "socket.refused": ({ path, stage, status, reason, error }) => {
    const line =
      reason === undefined
        ? say`REFUSED ${path} by ${stage} with ${status}`
        : say`REFUSED ${path} by ${stage} with ${status}: ${reason}`;
    return [error === undefined ? "info" : "error", line, error];
  },
  "socket.refreshed": ({ path, id, result, reason, error, duration }) => [
    error !== undefined ? "error" : result === "ok" ? "debug" : "info",
    reason === undefined
      ? say`REFRESHED ${path} of ${who(id)}: ${result} in ${ms(duration)}`
      : say`REFRESHED ${path} of ${who(id)}: ${result} in ${ms(duration)}: ${reason}`,
    error,
  ],
  "socket.expired": ({ path, id }) => ["debug", say`EXPIRED ${path} of ${who(id)}`],
  "http.failed": ({ error }) => ["error", say`REQUEST FAILED`, error],
  "endpoint.draining": ({ count, total, round, rounds }) => [
    "info",
    say`DRAINING ${count} of ${total} connections, batch ${round} of ${rounds}`,
  ],
  "socket.closed": ({ path, id, code, reason }) => [
    "debug",
    reason === ""
      ? say`CLOSED ${path} of ${who(id)} with ${code}`
      : say`CLOSED ${path} of ${who(id)} with ${code} ${reason}`,
  ],
  "socket.bad_frame": ({ path, id, reason }) => ["warn", say`BAD FRAME on ${path} from ${who(id)}: ${reason}`],
  "socket.slow_consumer": ({ path, id, bufferedBytes, limit }) => [
    "warn",
    say`SLOW CONSUMER ${who(id)} on ${path}: ${bufferedBytes} bytes buffered, the limit is ${limit}; closing`,
  ],
  "socket.rate_limited": ({ path, id, limit, perSecond, topic, event, closing }) => [
    closing ? "warn" : "debug",
    say`RATE LIMITED ${who(id)} on ${path}: ${limit} is ${perSecond}, refused ${event} on ${topic}${closing ? "; closing" : ""}`,
  ],
  "longpoll.refused": ({ path, reason, limit }) => [
    "warn",
    limit === undefined
      ? say`REFUSED POST on ${path}: ${reason}`
      : say`REFUSED POST on ${path}: ${reason}, the limit is ${limit}`,
  ],
  "longpoll.secret_is_random": () => [
    "warn",
    say`LONG POLLING clients stay on one node: set the same secretKeyBase on all nodes`,
  ],
  "socket.paused": ({ id, topic, limit, waiting }) => [
    "debug",
    say`PAUSED reading from ${who(id)}: ${waiting} ${limit === "maxMailboxBytes" ? "bytes" : "messages"} wait on ${topic}`,
  ],
  "socket.throttled": ({ path, id, bytesPerSecond, waitMs }) => [
    "debug",
    say`THROTTLED ${who(id)} on ${path}: bytesPerSecond is ${bytesPerSecond}, paused for ${waitMs}ms`,
  ],
  "channel.joined": ({ id, topic, result, log, duration }) => [
    log,
    say`${result === "ok" ? "JOINED" : `JOIN ${result.toUpperCase()}`} ${topic} by ${who(id)} in ${ms(duration)}`,
  ],
  "channel.unmatched": ({ id, topic, event }) => ["warn", say`UNMATCHED ${event} on ${topic} from ${who(id)}`],
  "channel.too_many": ({ id, topic, limit }) => [
    "warn",
    say`TOO MANY CHANNELS: ${who(id)} has ${limit}, refused ${topic}`,
  ],
  "channel.handled_in": ({ topic, event, outcome, log, duration }) => [
    log,
    say`HANDLED ${event} on ${topic}: ${outcome} in ${ms(duration)}`,
  ],
  "channel.crashed": ({ id, topic, callback, event, error }) => [
    "error",
    event === undefined
      ? say`CRASHED ${topic} of ${who(id)} in ${callback}`
      : say`CRASHED ${topic} of ${who(id)} in ${callback}("${event}")`,
    error,
  ],
  "channel.dropped": ({ id, topic, event, count }) => [
    "warn",
    event === undefined
      ? say`DROPPED ${count} messages on ${topic} for ${who(id)}: a callback takes too long`
      : say`DROPPED ${event} on ${topic} for ${who(id)}: a callback takes too long`,
  ],
  "channel.skipped": ({ id, topic, conflated, volatile }) => [
    "debug",
    say`SKIPPED ${conflated} conflated and ${volatile} volatile messages on ${topic} for ${who(id)}, who was behind`,
  ],
  "channel.too_many_keys": ({ id, topic, limit }) => [
    "warn",
    say`TOO MANY KEYS held back on ${topic} for ${who(id)}: maxConflatedKeys is ${limit}; sending the oldest`,
  ],
  "channel.key_failed": ({ topic, event, error }) => [
    "error",
    say`KEY of conflate failed for ${event} on ${topic}; sending it like any other`,
    error,
  ],
  "channel.slow_callback": ({ id, topic, callback, event, duration }) => [
    "warn",
    event === undefined
      ? say`SLOW ${callback} on ${topic} of ${who(id)}: not settled after ${ms(duration)}; ctx.spawn does not hold up messages`
      : say`SLOW ${callback}("${event}") on ${topic} of ${who(id)}: not settled after ${ms(duration)}; ctx.spawn does not hold up messages`,
  ],
  "channel.unknown_command": ({ topic, command, channels }) => [
    "warn",
    say`UNKNOWN COMMAND ${command} on ${topic}: ${channels} channels have no handleCommand for it`,
  ],
  "tracker.node_changed": ({ shard, node, is, presences }) => [
    "info",
    say`NODE ${is.toUpperCase()} ${node}: ${presences} presences (${shard})`,
  ],
  "tracker.broadcast_failed": ({ shard, error }) => [
    "warn",
    say`PRESENCE could not be sent to other nodes (${shard}); retrying`,
    error,
  ],
  "tracker.node_refused": ({ node, limit, shard }) => [
    "error",
    say`TOO MANY NODES: ignoring ${node}, maxNodes is ${limit} (${shard})`,
  ],
  "tracker.corrected": ({ node, isAheadBy, shard }) => [
    "error",
    say`FORGED PRESENCE CHANGES of ${node}: ${isAheadBy} that it did not make (${shard})`,
  ],
  "tracker.entry_refused": ({ shard, topic, key, error }) => [
    "error",
    say`PRESENCE of ${key} on ${topic} cannot be sent to other nodes (${shard})`,
    error,
  ],
  "tracker.bad_message": ({ shard }) => ["warn", say`BAD MESSAGE from another node for ${shard}`],
  "presence.fetch_failed": ({ name, topic, error }) => ["error", say`FETCH of ${name} failed for ${topic}`, error],
  "presence.callback_failed": ({ name, topic, error }) => [
    "error",
    say`HANDLEMETAS of ${name} failed for ${topic}`,
    error,
  ],
  "telemetry.listener_failed": ({ event, error, failures }) => [
    "error",
    failures === 1 ? say`LISTENER of ${event} failed` : say`LISTENER of ${event} failed ${failures} times`,
    error,
  ],
  "pubsub.delivery_failed": ({ topic, error }) => ["error", say`DELIVERY FAILED on ${topic}`, error],
  "history.published": ({ topic, duration, batch }) => ["debug", say`RECORDED ${batch} on ${topic} in ${ms(duration)}`],
  "history.publish_failed": ({ topic, event, reason, error }) => [
    "warn",
    say`NOT RECORDED: ${event} on ${topic}: ${reason}`,
    error,
  ],
  "history.joined": ({ id, topic, recovered, reason, count }) => [
    recovered === undefined ? false : "debug",
    recovered === true
      ? say`RECOVERED ${topic} for ${who(id)}: ${count} messages`
      : say`NOT RECOVERED ${topic} for ${who(id)}: ${reason}`,
  ],
  "push.unknown": ({ topic, key }) => [
    "warn",
    say`UNKNOWN OUTCOME of push ${key} on ${topic}: its process has ended, and the channel does not run it again`,
  ],
  "push.store_slow": ({ topic, key }) => [
    "warn",
    say`SLOW STORE: the reply to push ${key} on ${topic} is not stored after 5 s`,
  ],
  "history.gap": ({ topic, reason, clients }) => [
    "warn",
    say`GAP on ${topic}: ${clients} clients are told to load again (${reason})`,
  ],
  "history.repaired": ({ topic, count }) => [
    "debug",
    say`REPAIRED ${topic}: read ${count} messages that did not arrive`,
  ],
  "history.generation": ({ topic, boundary, lost }) => [
    lost > 0 ? "warn" : "debug",
    say`GENERATION of ${topic} begins at ${boundary}: the history store has lost ${lost} messages that were delivered here`,
  ],
  "history.bypassed": ({ topic, event }) => [
    "warn",
    say`NOT RECORDED: ${event} on ${topic} came from a process that does not declare its history`,
  ],
  "history.trimmed_early": ({ topic, maxBytes }) => [
    "warn",
    say`HISTORY of ${topic} is dropped: all together are larger than ${maxBytes} bytes (maxBytes of memoryHistory)`,
  ],
  "history.file_failed": ({ file, error }) => ["error", say`HISTORY is not kept in ${file}`, error],
  "history.read": ({ topic }) => ["debug", say`READ the history of ${topic}`],
  "history.store_up": ({ store }) => ["info", say`CONNECTED to the history store ${store}`],
  "history.store_down": ({ store, reason }) => [
    "warn",
    say`DISCONNECTED from the history store ${store}: ${reason}; topics with a history wait for it`,
  ],
  "pubsub.adapter_up": ({ adapter, duration }) => [
    "info",
    say`CONNECTED to other nodes over ${adapter} in ${ms(duration)}`,
  ],
  "pubsub.adapter_down": ({ adapter, reason }) => [
    "error",
    say`DISCONNECTED from other nodes over ${adapter}: ${reason}; retrying`,
  ],
  "pubsub.lost": ({ adapter, count, reason }) => [
    "warn",
    say`LOST ${count} messages to other nodes over ${adapter}: ${reason}`,
  ],
  "pubsub.missed": ({ adapter, count, from }) => ["warn", say`MISSED ${count} broadcasts of ${from} over ${adapter}`],
  "pubsub.unreadable": ({ adapter, count, error }) => [
    "error",
    count === 1 ? say`UNREADABLE message over ${adapter}` : say`UNREADABLE: ${count} more messages over ${adapter}`,
    error,
  ],
  "history.upkeep_failed": ({ store, task, error }) => [
    "error",
    task === "outbox"
      ? say`OUTBOX of the history in ${store} cannot be moved; retrying`
      : say`OLD HISTORY in ${store} cannot be dropped; retrying`,
    error,
  ],
  "broadcaster.alone": ({ adapter, reason }) => ["error", say`REACHES NOBODY over ${adapter}: ${reason}`],
  "publish.accepted": ({ messages, bytes }) => ["debug", say`PUBLISHED ${messages} messages (${bytes} bytes)`],
  "publish.refused": ({ status, reason, error }) => [
    error === undefined ? "warn" : "error",
    say`REFUSED PUBLISH with ${status}: ${reason}`,
    error,
  ],
  "inspector.mounted": ({ path, isLocal }) => [
    "debug",
    isLocal
      ? say`INSPECTOR at ${path}, for this machine only`
      : say`INSPECTOR at ${path}, for those whom authorize lets in`,
  ],
  "inspector.refused": ({ address, reason, error }) => [
    error === undefined ? (reason === "gone" ? "debug" : "warn") : "error",
    say`REFUSED INSPECTOR to ${address}: ${reason}`,
    error,
  ],
  "inspector.opened": ({ user, address }) => ["info", say`INSPECTOR opened by ${who(user)} from ${address}`],
  "inspector.tapped": ({ user, address, target, reveal }) => [
    "info",
    reveal
      ? say`INSPECTOR shows payloads of ${target} to ${who(user)} from ${address}`
      : say`INSPECTOR taps ${target} for ${who(user)} from ${address}`,
  ],
  "inspector.action": ({ user, address, action, target, outcome }) => [
    "warn",
    say`INSPECTOR ${action} ${target} by ${who(user)} from ${address}: ${outcome}`,
  ],
};

/** Events of messages whose lines are never above `debug`: nobody listens to them for a quieter log. */
export const ONLY_DEBUG: ReadonlySet<string> = new Set<keyof TelemetryEvents>([
  "history.published",
  "history.joined",
  "history.read",
]);

/** The line that reports suppressed lines. */
export const suppressed = (event: string, count: number): Line => [
  "warn",
  say`SUPPRESSED ${count} more lines of ${event}: see linesPerSecond of the logger`,
];
