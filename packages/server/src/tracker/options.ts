/** Options of a tracker: validated once, with all defaults. */
import { WingbeatError } from "../errors.ts";
import { checkCount, checkDuration, checkKeys, checkTimeout } from "../options.ts";
import type { ShardOptions } from "./shard.ts";
import type { Timing } from "./timing.ts";
import { systemTiming } from "./timing.ts";

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const TRACKER_LIMITS = { maxNodes: 1_000 } as const;

export interface TrackerOptions {
  /** The same on all nodes; several trackers on one PubSub need different names. */
  readonly name: string;
  /** Milliseconds between two ticks: heartbeats, and checks of other nodes. Default 1,500. */
  readonly broadcastPeriod?: number;
  /** Milliseconds within which a change is sent to the other nodes, batched with others. Default 200. */
  readonly deltaPeriod?: number;
  /** After this many ticks without changes an empty heartbeat is sent. Default 10. */
  readonly maxSilentPeriods?: number;
  /**
   * Milliseconds of silence after which a node is down: its presences are hidden until it is heard from again. At least
   * two `broadcastPeriod`s. Default `broadcastPeriod × maxSilentPeriods × 2`, which is 30,000.
   */
  readonly downPeriod?: number;
  /** Milliseconds of silence after which a node is forgotten. More than `downPeriod`. Default 1,200,000. */
  readonly permdownPeriod?: number;
  /** Every how many ticks transfers are requested from nodes that know more. Default 2. */
  readonly clockSamplePeriods?: number;
  /**
   * Recent changes are kept in lists of at most these sizes, for nodes that have missed some. Default [100, 1,000,
   * 10,000].
   */
  readonly maxDeltaSizes?: readonly number[];
  /**
   * Number of shards, by topic. Must be the same on all nodes, or they do not see each other's presences. Default 1.
   */
  readonly poolSize?: number;
  /**
   * Maximum number of other nodes, including those that are down or have just left. Further nodes are ignored until
   * there is room: their presences are not visible here. Default 1,000.
   */
  readonly maxNodes?: number;
  /** For tests: a fake clock. */
  readonly timing?: Timing;
}

export interface TrackerConfig extends ShardOptions {
  readonly name: string;
  readonly deltaPeriod: number;
  readonly poolSize: number;
  readonly timing: Timing;
}

export const TRACKER_KEYS = [
  "name",
  "broadcastPeriod",
  "deltaPeriod",
  "maxSilentPeriods",
  "downPeriod",
  "permdownPeriod",
  "clockSamplePeriods",
  "maxDeltaSizes",
  "poolSize",
  "maxNodes",
  "timing",
];

/** Throws `WB_OPTION`; its messages start with `where`. */
export function readTrackerOptions(where: string, options: TrackerOptions): TrackerConfig {
  checkKeys(where, options, TRACKER_KEYS);
  if (typeof options.name !== "string" || options.name === "") {
    throw new WingbeatError("WB_OPTION", `${where} needs a name, the same on all nodes: name: "presence".`);
  }
  for (const key of ["broadcastPeriod", "deltaPeriod"] as const) checkDuration(`${where}: ${key}`, options[key]);
  for (const key of ["downPeriod", "permdownPeriod"] as const) checkTimeout(`${where}: ${key}`, options[key]);
  for (const key of ["maxSilentPeriods", "clockSamplePeriods", "poolSize", "maxNodes"] as const) {
    checkCount(`${where}: ${key}`, options[key]);
  }
  for (const size of options.maxDeltaSizes ?? []) checkCount(`${where}: maxDeltaSizes`, size);
  const broadcastPeriod = options.broadcastPeriod ?? 1_500;
  const maxSilentPeriods = options.maxSilentPeriods ?? 10;
  const downPeriod = options.downPeriod ?? broadcastPeriod * maxSilentPeriods * 2;
  const permdownPeriod = options.permdownPeriod ?? 1_200_000;
  if (downPeriod < 2 * broadcastPeriod) {
    throw new WingbeatError("WB_OPTION", `${where}: downPeriod must be at least two broadcastPeriods.`);
  }
  if (permdownPeriod <= downPeriod && permdownPeriod < Infinity) {
    throw new WingbeatError("WB_OPTION", `${where}: permdownPeriod must be more than downPeriod.`);
  }
  return {
    name: options.name,
    broadcastPeriod,
    deltaPeriod: options.deltaPeriod ?? Math.min(200, broadcastPeriod),
    maxSilentPeriods,
    downPeriod,
    permdownPeriod,
    clockSamplePeriods: options.clockSamplePeriods ?? 2,
    maxDeltaSizes: options.maxDeltaSizes ?? [100, 1_000, 10_000],
    poolSize: options.poolSize ?? 1,
    maxNodes: options.maxNodes ?? TRACKER_LIMITS.maxNodes,
    timing: options.timing ?? systemTiming,
  };
}
