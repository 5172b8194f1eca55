/** Options of a presence: validated once, with all defaults. */
import type { Awaitable } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { checkCount, checkKeys, checkTimeout } from "../options.ts";
import { systemTiming, TRACKER_KEYS } from "../tracker.ts";
import type { Timing, TrackerOptions } from "../tracker.ts";
import type { PresenceEndpoint } from "./endpoint.ts";
import type { Fetch } from "./fetcher.ts";
import type { PresenceDiff, PresenceState } from "./payload.ts";

/** What `definePresence` takes: how nodes agree on who is there, and what is added to each entry. */
export interface PresenceOptions<Meta extends object = object, Fields extends object = object> extends Omit<
  TrackerOptions,
  "name"
> {
  /** The name that distinguishes the presences of an endpoint; the same on all nodes. Default `presence`. */
  readonly name?: string;
  /**
   * Called after each diff of a topic, on every node, with the changes and the resulting presences. Exceptions go to
   * telemetry (`presence.callback_failed`).
   */
  readonly handleMetas?: (
    topic: string,
    diff: PresenceDiff<Meta, Fields>,
    presences: PresenceState<Meta>,
    endpoint: PresenceEndpoint,
  ) => Awaitable<void>;
  /**
   * Grace period in milliseconds: how long presences stay when their connection is lost or their channel has crashed.
   * If the same key is tracked again on the same node in that time, clients see an update instead of a leave and a
   * join. Default 0.
   */
  readonly gracePeriod?: number;
  /**
   * Topics whose clients get only the number of presences: `presence_count` `{ count }`, at most once a second, instead
   * of `presence_diff` and `presence_state`. Default false: none.
   */
  readonly countOnly?: boolean | ((topic: string) => boolean);
  /** Maximum presences per channel. Default 100. */
  readonly maxPresences?: number;
  /** Maximum length of a meta, in characters of JSON. Default 16,384. */
  readonly maxMetaSize?: number;
  /** Timeout of `fetch` for a diff in milliseconds; after it clients get the diff without its fields. Default 5,000. */
  readonly fetchTimeout?: number;
}

/** `fetch` of a presence with additional fields. */
export type FetchOption<Meta extends object, Fields extends object> = (
  topic: string,
  presences: PresenceState<Meta>,
) => Awaitable<PresenceState<Meta, Fields>>;

export interface PresenceConfig {
  readonly name: string;
  readonly fetch: Fetch | undefined;
  readonly handleMetas: PresenceOptions["handleMetas"];
  readonly gracePeriod: number;
  readonly countOnly: (topic: string) => boolean;
  readonly maxPresences: number;
  readonly maxMetaSize: number;
  readonly fetchTimeout: number;
  readonly timing: Timing;
  readonly tracker: TrackerOptions;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const PRESENCE_LIMITS = {
  maxPresences: 100,
  maxMetaSize: 16_384,
  fetchTimeout: 5_000,
  gracePeriod: 0,
} as const;

const KEYS = [
  "fetch",
  "handleMetas",
  "gracePeriod",
  "countOnly",
  "maxPresences",
  "maxMetaSize",
  "fetchTimeout",
  ...TRACKER_KEYS,
];

/** Throws `WB_OPTION`. */
export function readPresenceOptions(options: PresenceOptions & { readonly fetch?: Fetch | undefined }): PresenceConfig {
  const where = "definePresence";
  checkKeys(where, options, KEYS);
  for (const key of ["maxPresences", "maxMetaSize"] as const) checkCount(`${where}: ${key}`, options[key]);
  checkTimeout(`${where}: fetchTimeout`, options.fetchTimeout);
  if (options.gracePeriod !== 0) checkTimeout(`${where}: gracePeriod`, options.gracePeriod);
  for (const key of ["fetch", "handleMetas"] as const) {
    if (options[key] !== undefined && typeof options[key] !== "function") {
      throw new WingbeatError("WB_OPTION", `${where}: ${key} must be a function.`);
    }
  }
  const {
    name = "presence",
    fetch,
    handleMetas,
    gracePeriod = PRESENCE_LIMITS.gracePeriod,
    countOnly = false,
    maxPresences = PRESENCE_LIMITS.maxPresences,
    maxMetaSize = PRESENCE_LIMITS.maxMetaSize,
    fetchTimeout = PRESENCE_LIMITS.fetchTimeout,
    ...tracker
  } = options;
  return {
    name,
    fetch,
    handleMetas,
    gracePeriod,
    countOnly: typeof countOnly === "function" ? countOnly : () => countOnly,
    maxPresences,
    maxMetaSize,
    fetchTimeout,
    timing: tracker.timing ?? systemTiming,
    tracker: { ...tracker, name },
  };
}
