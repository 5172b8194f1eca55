/** Options and results of a broadcaster. */
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";
import type { AnyChannel } from "../channel.ts";
import type { HistoryStore, PubSubAdapter } from "../pubsub.ts";
import type { LoggerOption } from "../telemetry/logger.ts";

/** What `createBroadcaster` takes. */
export interface BroadcasterOptions {
  /** The adapter of the endpoints, with the same namespace and secret: this process is one more of its nodes. */
  readonly pubsub: PubSubAdapter;
  /** The channels that declare `.history`, so that what is sent to their topics is recorded. Default: none. */
  readonly channels?: readonly AnyChannel[];
  /** What keeps the history, when it is not the adapter: the one of the endpoints. */
  readonly history?: HistoryStore;
  /** Logs outages, losses and that nobody is there. Default: level `info` on the console. */
  readonly logger?: LoggerOption;
}

/** What a broadcaster knows at its end. */
export interface Reach {
  /** The names of the endpoints that had answered. Empty: probably nobody has received anything. */
  readonly nodes: readonly string[];
  /**
   * Messages that were dropped, or that the engine did not confirm; some of the latter may have arrived. At most so many
   * never left this process. What the engine loses afterwards, endpoints report as `missed`.
   */
  readonly lost: number;
}

/** Milliseconds. */
export const READY_TIMEOUT = 10_000;
export const CLOSE_TIMEOUT = 5_000;

/** Throws `WB_OPTION`. */
export function checkOptions(options: BroadcasterOptions): void {
  checkKeys("createBroadcaster", options, ["pubsub", "channels", "history", "logger"]);
  const { pubsub } = options;
  const what = "pass the adapter of your endpoints, such as redisAdapter({ connect })";
  if (typeof pubsub?.broadcast !== "function") {
    throw new WingbeatError("WB_OPTION", `createBroadcaster.pubsub is missing: ${what}.`);
  }
  if (pubsub.status?.().adapter !== "local") return;
  throw new WingbeatError(
    "WB_OPTION",
    `createBroadcaster.pubsub is the local adapter, which reaches no other process: ${what}. ` +
      "In the process of an endpoint, use the endpoint itself.",
  );
}
