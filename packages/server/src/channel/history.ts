/** `.history(…)` of a channel: what is kept of its topics. */
import { checkCount, checkDuration, checkKeys } from "../options.ts";
import { WingbeatError } from "../errors.ts";
import type { TopicRule } from "../pubsub.ts";
import type { ChannelSpec } from "./spec.ts";

/** What `.history` takes. All have defaults. */
export interface HistoryOptions<Event extends string = string> {
  /** Messages kept per topic. Default 100. */
  readonly size?: number;
  /** Milliseconds for which a message is kept. Default 300,000. */
  readonly ttl?: number;
  /** Bytes of messages kept per topic; beyond it the oldest are dropped. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Bytes of the largest message; a larger broadcast throws. Default 262,144. */
  readonly maxEntryBytes?: number;
  /** Which events are kept. Default: all that are broadcast, but those declared `conflate` or `volatile`. */
  readonly events?: readonly Event[];
  /** A client that has missed more messages is told so, instead of being sent them. Default: `size`. */
  readonly replayLimit?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const HISTORY_DEFAULTS = {
  size: 100,
  ttl: 300_000,
  maxBytes: 1024 * 1024,
  maxEntryBytes: 262_144,
} as const;

const KEYS = ["size", "ttl", "maxBytes", "maxEntryBytes", "events", "replayLimit"];

/** The spec with a history. Throws `WB_OPTION`. */
export function withHistory(spec: ChannelSpec, options: HistoryOptions): ChannelSpec {
  const where = `history of "${spec.pattern}"`;
  checkKeys(where, options, KEYS);
  for (const name of ["size", "maxBytes", "maxEntryBytes", "replayLimit"] as const) {
    checkCount(`${where}: ${name}`, options[name]);
  }
  if (options.ttl !== undefined && options.ttl !== Infinity) checkDuration(`${where}: ttl`, options.ttl);
  if (options.events !== undefined && !Array.isArray(options.events)) {
    throw new WingbeatError("WB_OPTION", `${where}: events must be a list of event names.`);
  }
  const { size, ttl, maxBytes, maxEntryBytes } = { ...HISTORY_DEFAULTS, ...defined(options) };
  return {
    ...spec,
    history: { size, ttl, maxBytes, maxEntryBytes, replayLimit: options.replayLimit ?? size, events: options.events },
  };
}

/** The rule of the topics of a channel: called when all is declared. Throws `WB_OPTION`. */
export function topicRule({ pattern, history, deliveries }: ChannelSpec): TopicRule | undefined {
  if (history === undefined) return undefined;
  const { events, ...limits } = history;
  const lossy = events?.find((event) => deliveries.has(event));
  if (lossy !== undefined) {
    throw new WingbeatError(
      "WB_OPTION",
      `history of "${pattern}" keeps "${lossy}", which a slow client may miss (conflate or volatile): remove one of them.`,
    );
  }
  const recorded = events && new Set(events);
  return {
    ...limits,
    records: recorded === undefined ? (event) => !deliveries.has(event) : (event) => recorded.has(event),
  };
}

const defined = (options: HistoryOptions): HistoryOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
