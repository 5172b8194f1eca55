/** The default logger: telemetry as readable lines. The only file of this package that prints. */
import { inspect } from "node:util";
import { WingbeatError } from "../errors.ts";
import { checkRate } from "../options.ts";
import { attach } from "./attach.ts";
import type { LogLevel, TelemetryEvents } from "../telemetry.ts";
import { DEFAULT_FILTER, filterOf, MAX_SENT } from "./filter.ts";
import type { Filter, FilterParameters } from "./filter.ts";
import { LineLimit } from "./line-limit.ts";
import { fieldOf, LINES, ONLY_DEBUG, suppressed, textOf } from "./lines.ts";
import type { Line, Said } from "./lines.ts";
import { printableValue } from "./printable.ts";
import { printableError } from "./printable-error.ts";

export type { FilterParameters } from "./filter.ts";
export type { LogLevel } from "../telemetry.ts";

/** Where lines are written: `console` and most loggers have these methods. */
export type LogSink = { readonly [Level in LogLevel]: (line: string, error?: unknown) => void };

/** Where lines are written together with their data: pino and similar loggers have these methods. */
export type StructuredSink = { readonly [Level in LogLevel]: (fields: object, line: string) => void };

/** `false`: no output. `true`: level `info` on the console. Or set the level or the sink. */
export type LoggerOption = boolean | LoggerOptions;

/** What the logger prints, and where. */
export interface LoggerOptions {
  /** The lowest level to log. `debug` also prints parameters and payloads. Default `info`. */
  readonly level?: LogLevel;
  /** Default: `console`. */
  readonly sink?: LogSink;
  /** Receives each line with its data, instead of `sink`: `wingbeat` (the telemetry event), its fields, `err`. */
  readonly structured?: StructuredSink;
  /**
   * What to hide in parameters and payloads. Default: values whose key contains password, passwd, secret, token, api
   * key …
   */
  readonly filterParameters?: FilterParameters;
  /**
   * How many lines per telemetry event are printed in a second, and no more than 65,536 bytes of them. The rest are
   * counted, and one line reports how many were suppressed. Infinity turns both limits off. Default 100.
   */
  readonly linesPerSecond?: number;
}

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const LOGGER_LIMITS = { linesPerSecond: 100 } as const;

/** Client input: printed only at level `debug`, and filtered. */
const SENT: readonly string[] = ["params", "payload"];
/** Fields that a structured line omits or renames. */
const NO_FIELDS: readonly string[] = [...SENT, "endpoint", "error", "log"];

/**
 * Logs the events of one endpoint. Returns a function that stops it. `handleInLevels` are the `handleIn` log levels of
 * its channels: messages are timed only while somebody listens, so the logger does not subscribe to what it would not
 * print.
 */
export function startLogger(
  endpoint: object,
  option: LoggerOption,
  handleInLevels: readonly (LogLevel | false)[] = ["debug"],
): () => void {
  if (option === false) return () => {};
  const options: LoggerOptions = option === true ? {} : option;
  const { level = "info", linesPerSecond = LOGGER_LIMITS.linesPerSecond } = options;
  checkRate("logger: linesPerSecond", linesPerSecond);
  const threshold = LEVELS.indexOf(level);
  if (threshold === -1) {
    throw new WingbeatError("WB_OPTION", `logger: level is ${String(level)}: it must be ${LEVELS.join(", ")}.`);
  }
  const isLoud = (of: LogLevel | false): of is LogLevel => of !== false && LEVELS.indexOf(of) >= threshold;
  const print = printerOf(options, threshold === 0);
  const limit = new LineLimit(linesPerSecond, (event, count) => {
    const [lineLevel, line] = suppressed(event, count);
    if (isLoud(lineLevel)) print(lineLevel, { event, line, error: undefined, data: { suppressed: count } }, () => {});
  });
  const detach = Object.entries(LINES)
    .filter(([event]) => event !== "channel.handled_in" || handleInLevels.some(isLoud))
    .filter(([event]) => threshold === 0 || !ONLY_DEBUG.has(event))
    .map(([event, lineOf]) =>
      // A sink may be async: its promise is handled like that of any listener.
      attach(event as keyof TelemetryEvents, (data) => {
        if ("endpoint" in data && data.endpoint !== endpoint) return undefined;
        const [lineLevel, line, error] = (lineOf as (data: object) => Line)(data);
        if (!isLoud(lineLevel) || !limit.take(event)) return undefined;
        return print(lineLevel, { event, line, error, data }, (parts) => limit.printed(event, () => sizeOf(parts)));
      }),
    );
  return () => {
    detach.forEach((stop) => stop());
    limit.flush();
  };
}

interface Entry {
  readonly event: string;
  readonly line: Said;
  readonly error: unknown;
  readonly data: object;
}

type Parts = readonly [line: string | object, error?: unknown];
/** `printing` is told what the sink is about to get. */
type Print = (level: LogLevel, entry: Entry, printing: (parts: Parts) => void) => unknown;

/** What the console would make of it, in bytes. */
const sizeOf = (parts: Parts): number =>
  parts.reduce<number>((sum, part) => sum + Buffer.byteLength(typeof part === "string" ? part : inspect(part)), 0);

/** `showsSent`: whether to print parameters and payloads. */
function printerOf(options: LoggerOptions, showsSent: boolean): Print {
  const filter = filterOf(options.filterParameters ?? DEFAULT_FILTER);
  const sent = (data: object): [string, unknown][] =>
    Object.entries(data)
      .filter(([key]) => showsSent && SENT.includes(key))
      .map(([key, value]) => [key, filter(value)]);
  const { structured, sink = console } = options;
  const partsOf = structured === undefined ? textParts : fieldParts;
  const print = (structured ?? sink) as { readonly [Level in LogLevel]: (...parts: Parts) => unknown };
  return (level, entry, printing) => {
    const parts = partsOf(entry, filter, sent);
    printing(parts);
    return print[level](...parts);
  };
}

type SentOf = (data: object) => [name: string, value: unknown][];

function textParts({ line, error, data }: Entry, filter: Filter, sentIn: SentOf): Parts {
  const sent = sentIn(data).map(([, value]) => value);
  const text = textOf(line, sent, filter);
  return error === undefined ? [text] : [text, printableError(error)];
}

function fieldParts({ event, line, error, data }: Entry, filter: Filter, sentIn: SentOf): Parts {
  const entries = Object.entries(data).filter(([key]) => !NO_FIELDS.includes(key));
  const fields = Object.fromEntries(entries.map(([key, value]) => [key, fieldOf(value, filter)]));
  const sent = Object.fromEntries(sentIn(data).map(([key, value]) => [key, printableValue(value, MAX_SENT)]));
  const err = error === undefined ? {} : { err: printableError(error) };
  return [{ wingbeat: event, ...fields, ...sent, ...err }, textOf(line, [], filter)];
}
