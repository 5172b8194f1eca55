/** A socket definition as the runtime reads it: plain data. `socket.ts` gives it its types. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FrameLimits } from "@wingbeat/protocol";
import type { ChannelSpec } from "../channel/spec.ts";
import type { Pattern, PatternParams } from "../pattern.ts";
import type { ConnectInfo } from "./connect-info.ts";
import type { Rates } from "./rate-limit.ts";

/** A channel under a topic pattern, with assigns of its own. */
export interface Route {
  readonly pattern: Pattern;
  readonly channel: ChannelSpec;
  readonly assigns: Readonly<Record<string, unknown>>;
}

export interface SocketSpec {
  readonly params: StandardSchemaV1 | undefined;
  readonly session: StandardSchemaV1 | undefined;
  readonly connect: (params: unknown, info: ConnectInfo) => unknown;
  readonly id: ((assigns: Readonly<Record<string, unknown>>) => unknown) | undefined;
  readonly routes: readonly Route[];
  readonly maxChannels: number;
  readonly maxMailboxMessages: number;
  readonly frameLimits: FrameLimits;
  readonly slowCallback: number;
  readonly maxMailboxBytes: number;
  readonly bytesPerSecond: number;
  /** How many topics one channel may subscribe to, and how many of its timers may run. */
  readonly maxSubscriptions: number;
  readonly maxTimers: number;
  readonly maxTasks: number;
  readonly maxConflatedKeys: number;
  readonly maxUnackedBytes: number;
  readonly ackTimeout: number;
  readonly rates: Rates;
}

/** The first declared route that matches a topic. */
export function routeOf(
  routes: readonly Route[],
  topic: unknown,
): { readonly route: Route; readonly params: PatternParams } | undefined {
  if (typeof topic !== "string") return undefined;
  for (const route of routes) {
    const params = route.pattern.match(topic);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}
