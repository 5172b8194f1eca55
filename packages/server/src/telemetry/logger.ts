/** The default logger: telemetry in readable lines. The only file of this package that prints. */
import { attach } from "../telemetry.ts";
import type { TelemetryEvents } from "../telemetry.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Where lines go: `console`, pino and most loggers have these. */
export type LogSink = { readonly [Level in LogLevel]: (line: string, error?: unknown) => void };

/** `false`: silence. `true`: level `info` on the console. Or another level, or another sink. */
export type LoggerOption = boolean | { readonly level?: LogLevel; readonly sink?: LogSink };

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A line for an event: its level, its text, and an error whose stack is printed with it. */
type Line = readonly [level: LogLevel, text: string, error?: unknown];
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
  "channel.joined": ({ id, topic, result, duration }) => [
    "info",
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
  "channel.handled_in": ({ topic, event, outcome, duration }) => [
    "debug",
    `HANDLED ${event} on ${topic}: ${outcome} in ${ms(duration)}`,
  ],
  "channel.crashed": ({ id, topic, callback, event, error }) => [
    "error",
    `CRASHED ${topic} of ${who(id)} in ${callback}${event === undefined ? "" : `("${event}")`}`,
    error,
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
  "tracker.bad_message": ({ shard }) => ["warn", `BAD MESSAGE of another node for ${shard}`],
  "presence.fetch_failed": ({ name, topic, error }) => ["error", `FETCH of ${name} failed for ${topic}`, error],
  "presence.callback_failed": ({ name, topic, error }) => [
    "error",
    `HANDLEMETAS of ${name} failed for ${topic}`,
    error,
  ],
  "pubsub.delivery_failed": ({ topic, error }) => ["error", `DELIVERY FAILED on ${topic}`, error],
  "pubsub.adapter_up": ({ adapter, duration }) => ["info", `CONNECTED to other nodes over ${adapter} in ${ms(duration)}`],
  "pubsub.adapter_down": ({ adapter, reason }) => [
    "error",
    `ALONE: no other node is reached over ${adapter}: ${reason}; trying again`,
  ],
  "pubsub.lost": ({ adapter, count, reason }) => ["warn", `LOST ${count} messages to other nodes over ${adapter}: ${reason}`],
  "pubsub.missed": ({ adapter, count, from }) => ["warn", `MISSED ${count} broadcasts of ${from} over ${adapter}`],
  "pubsub.unreadable": ({ adapter, error }) => ["error", `UNREADABLE message over ${adapter}`, error],
};

/** Prints the events of one endpoint. Gives a function that stops it. */
export function startLogger(endpoint: object, option: LoggerOption): () => void {
  if (option === false) return () => {};
  const { level = "info", sink = console } = option === true ? {} : option;
  const threshold = LEVELS.indexOf(level);
  const detach = Object.entries(LINES).map(([event, lineOf]) =>
    // `handled_in` is timed only while somebody listens: do not listen below the level that prints it.
    event === "channel.handled_in" && threshold > 0
      ? () => {}
      : attach(event as keyof TelemetryEvents, (data) => {
          if ("endpoint" in data && data.endpoint !== endpoint) return;
          const [lineLevel, text, error] = (lineOf as (data: object) => Line)(data);
          if (LEVELS.indexOf(lineLevel) < threshold) return;
          if (error === undefined) sink[lineLevel](text);
          else sink[lineLevel](text, error);
        }),
  );
  return () => detach.forEach((stop) => stop());
}
