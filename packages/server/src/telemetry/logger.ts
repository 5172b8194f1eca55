/** The default logger: telemetry in readable lines. The only file of this package that prints. */
import { attach } from "../telemetry.ts";
import type { LogLevel, TelemetryEvents } from "../telemetry.ts";
import { DEFAULT_FILTER, filterOf } from "./filter.ts";
import type { Filter, FilterParameters } from "./filter.ts";

export type { FilterParameters } from "./filter.ts";
export type { LogLevel } from "../telemetry.ts";

/** Where lines go: `console` and most loggers have these. */
export type LogSink = { readonly [Level in LogLevel]: (line: string, error?: unknown) => void };

/** Where lines go with their data: pino and loggers like it have these. */
export type StructuredSink = { readonly [Level in LogLevel]: (fields: object, line: string) => void };

/** `false`: silence. `true`: level `info` on the console. Or another level, or another sink. */
export type LoggerOption = boolean | LoggerOptions;

export interface LoggerOptions {
  /** From which level on. At `debug`, parameters and payloads are printed, too. Default `info`. */
  readonly level?: LogLevel;
  /** Default: `console`. */
  readonly sink?: LogSink;
  /** Gets each line with its data, instead of `sink`: `wingbeat` (the telemetry event), its fields, `err`. */
  readonly structured?: StructuredSink;
  /** What is hidden in parameters and payloads. Default: what is named password, passwd, secret, token, api key … */
  readonly filterParameters?: FilterParameters;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** Longer parameters are cut in a line of text. */
const MAX_TEXT = 1_000;

/** A line for an event: its level (false: none), its text, and an error whose stack is printed with it. */
type Line = readonly [level: LogLevel | false, text: string, error?: unknown];
type Lines = { readonly [Event in keyof TelemetryEvents]?: (data: TelemetryEvents[Event]) => Line };

const ms = (duration: number): string =>
  duration < 1 ? `${Math.round(duration * 1000)}µs` : `${duration.toFixed(1)}ms`;
const who = (id: string | null): string => id ?? "anonymous";

const LINES: Lines = {
  "socket.connected": ({ path, id, vsn, duration }) => [
    "info",
    `CONNECTED ${path} as ${who(id)} (vsn ${vsn}) in ${ms(duration)}`,
  ],
  "socket.refused": ({ path, stage, status, reason, error }) => {
    const why = reason === undefined ? "" : `: ${typeof reason === "string" ? reason : JSON.stringify(reason)}`;
    return [error === undefined ? "info" : "error", `REFUSED ${path} by ${stage} with ${status}${why}`, error];
  },
  "http.failed": ({ error }) => ["error", "REQUEST FAILED", error],
  "endpoint.draining": ({ count, total, round, rounds }) => [
    "info",
    `DRAINING ${count} of ${total} connections, batch ${round} of ${rounds}`,
  ],
  "socket.closed": ({ path, id, code, reason }) => [
    "debug",
    `CLOSED ${path} of ${who(id)} with ${code}${reason === "" ? "" : ` ${reason}`}`,
  ],
  "socket.bad_frame": ({ path, id, reason }) => ["warn", `BAD FRAME on ${path} from ${who(id)}: ${reason}`],
  "socket.slow_consumer": ({ path, id, bufferedBytes, limit }) => [
    "warn",
    `SLOW CONSUMER ${who(id)} on ${path}: ${bufferedBytes} bytes wait, ${limit} are allowed; closing`,
  ],
  "socket.rate_limited": ({ path, id, limit, perSecond, topic, event, closing }) => [
    closing ? "warn" : "debug",
    `RATE LIMITED ${who(id)} on ${path}: ${limit} is ${perSecond}, refused ${String(event)} on ${String(topic)}${closing ? "; closing" : ""}`,
  ],
  "longpoll.refused": ({ path, reason, limit }) => [
    "warn",
    `REFUSED POST on ${path}: ${reason}${limit === undefined ? "" : `, the limit is ${limit}`}`,
  ],
  "longpoll.secret_is_random": () => [
    "warn",
    "LONG POLLING works on one node only: give createEndpoint the same secretKeyBase on all nodes",
  ],
  "socket.paused": ({ id, topic, waiting }) => [
    "debug",
    `PAUSED reading from ${who(id)}: ${waiting} messages wait on ${topic}`,
  ],
  "channel.joined": ({ id, topic, result, log, duration }) => [
    log,
    `${result === "ok" ? "JOINED" : `JOIN ${result.toUpperCase()}`} ${topic} by ${who(id)} in ${ms(duration)}`,
  ],
  "channel.unmatched": ({ id, topic, event }) => [
    "warn",
    `UNMATCHED ${String(event)} on ${String(topic)} from ${who(id)}`,
  ],
  "channel.too_many": ({ id, topic, limit }) => [
    "warn",
    `TOO MANY CHANNELS: ${who(id)} has ${limit}, refused ${topic}`,
  ],
  "channel.handled_in": ({ topic, event, outcome, log, duration }) => [
    log,
    `HANDLED ${event} on ${topic}: ${outcome} in ${ms(duration)}`,
  ],
  "channel.crashed": ({ id, topic, callback, event, error }) => [
    "error",
    `CRASHED ${topic} of ${who(id)} in ${callback}${event === undefined ? "" : `("${event}")`}`,
    error,
  ],
  "channel.slow_callback": ({ id, topic, callback, event, duration }) => [
    "warn",
    `SLOW ${callback}${event === undefined ? "" : `("${event}")`} on ${topic} of ${who(id)}: not settled after ${ms(duration)}`,
  ],
  "tracker.node_changed": ({ shard, node, is, presences }) => [
    "info",
    `NODE ${is.toUpperCase()} ${node}: ${presences} presences (${shard})`,
  ],
  "tracker.broadcast_failed": ({ shard, error }) => [
    "warn",
    `PRESENCE could not be told to other nodes (${shard}); it is tried again`,
    error,
  ],
  "tracker.node_refused": ({ node, limit, shard }) => [
    "error",
    `TOO MANY NODES: ${node} is not listened to, ${limit} others are known (${shard})`,
  ],
  "tracker.corrected": ({ node, isAheadBy, shard }) => [
    "error",
    `FORGED PRESENCE NEWS of ${node}: ${isAheadBy} changes that it has not made (${shard})`,
  ],
  "tracker.entry_refused": ({ shard, topic, key, error }) => [
    "error",
    `PRESENCE of ${key} on ${topic} cannot be told to other nodes (${shard})`,
    error,
  ],
  "tracker.bad_message": ({ shard }) => ["warn", `BAD MESSAGE of another node for ${shard}`],
  "presence.fetch_failed": ({ name, topic, error }) => ["error", `FETCH of ${name} failed for ${topic}`, error],
  "presence.callback_failed": ({ name, topic, error }) => [
    "error",
    `HANDLEMETAS of ${name} failed for ${topic}`,
    error,
  ],
  "pubsub.delivery_failed": ({ topic, error }) => ["error", `DELIVERY FAILED on ${topic}`, error],
  "pubsub.adapter_up": ({ adapter, duration }) => [
    "info",
    `CONNECTED to other nodes over ${adapter} in ${ms(duration)}`,
  ],
  "pubsub.adapter_down": ({ adapter, reason }) => [
    "error",
    `ALONE: no other node is reached over ${adapter}: ${reason}; trying again`,
  ],
  "pubsub.lost": ({ adapter, count, reason }) => [
    "warn",
    `LOST ${count} messages to other nodes over ${adapter}: ${reason}`,
  ],
  "pubsub.missed": ({ adapter, count, from }) => ["warn", `MISSED ${count} broadcasts of ${from} over ${adapter}`],
  "pubsub.unreadable": ({ adapter, error }) => ["error", `UNREADABLE message over ${adapter}`, error],
};

/** What clients sent: printed at level `debug` only, and filtered. */
const SENT: readonly string[] = ["params", "payload"];
/** What is no field of a structured line, or is there under another name. */
const NO_FIELDS: readonly string[] = [...SENT, "endpoint", "error", "log"];

/**
 * Prints the events of one endpoint. Gives a function that stops it. `handleInLevels` are those of its channels: their
 * messages are timed only while somebody listens, so it does not listen for what it would not print.
 */
export function startLogger(
  endpoint: object,
  option: LoggerOption,
  handleInLevels: readonly (LogLevel | false)[] = ["debug"],
): () => void {
  if (option === false) return () => {};
  const { level = "info", filterParameters = DEFAULT_FILTER, ...sinks } = option === true ? {} : option;
  const threshold = LEVELS.indexOf(level);
  const isLoud = (of: LogLevel | false): boolean => of !== false && LEVELS.indexOf(of) >= threshold;
  const filter = threshold === 0 ? filterOf(filterParameters) : undefined;
  const write = sinks.structured === undefined ? toText(sinks.sink ?? console) : toFields(sinks.structured);
  const detach = Object.entries(LINES)
    .filter(([event]) => event !== "channel.handled_in" || handleInLevels.some(isLoud))
    .map(([event, lineOf]) =>
      attach(event as keyof TelemetryEvents, (data) => {
        if ("endpoint" in data && data.endpoint !== endpoint) return;
        const [lineLevel, text, error] = (lineOf as (data: object) => Line)(data);
        if (lineLevel !== false && isLoud(lineLevel)) {
          write(lineLevel, { event, text, error, data, sent: filter && sentOf(data, filter) });
        }
      }),
    );
  return () => detach.forEach((stop) => stop());
}

interface Entry {
  readonly event: string;
  readonly text: string;
  readonly error: unknown;
  readonly data: object;
  /** Parameters and payloads, filtered, where they are printed. */
  readonly sent: Readonly<Record<string, unknown>> | undefined;
}

type Write = (level: LogLevel, entry: Entry) => void;

function sentOf(data: object, filter: Filter): Readonly<Record<string, unknown>> {
  const sent = Object.entries(data).filter(([key]) => SENT.includes(key));
  return Object.fromEntries(sent.map(([key, value]) => [key, filter(value)]));
}

function toText(sink: LogSink): Write {
  return (level, { text, error, sent = {} }) => {
    const printed = Object.values(sent)
      .map((value) => JSON.stringify(value) ?? "")
      .filter((value) => value !== "{}" && value !== "");
    const line = [text, ...printed.map((value) => (value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value))];
    if (error === undefined) sink[level](line.join(" "));
    else sink[level](line.join(" "), error);
  };
}

function toFields(sink: StructuredSink): Write {
  return (level, { event, text, error, data, sent }) => {
    const fields = Object.fromEntries(Object.entries(data).filter(([key]) => !NO_FIELDS.includes(key)));
    sink[level]({ wingbeat: event, ...fields, ...sent, ...(error === undefined ? {} : { err: error }) }, text);
  };
}
