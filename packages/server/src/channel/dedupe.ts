/** `.dedupe`: what a channel declares about numbered pushes. */
import { WingbeatError } from "../errors.ts";
import { checkDuration, checkKeys, withDefaults } from "../options.ts";
import type { UnknownPolicy } from "../pubsub.ts";
import type { ChannelSpec } from "./spec.ts";

/** Options of `.dedupe`. */
export interface DedupeOptions {
  /**
   * Milliseconds for which the pushes of a client are remembered after its last one. A client that comes back later is told
   * that the outcome of what it had sent is unknown: choose it longer than clients are offline. Default 600,000.
   */
  readonly window?: number;
  /**
   * What happens to a push whose handler may have been cut off by the end of its process. `"refuse"` (default): it is not run
   * again, and the client is told that the outcome is unknown. `"run"`: it is run again, with `ctx.attempt` 2 or more.
   */
  readonly unknown?: UnknownPolicy;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const DEDUPE_DEFAULTS = { window: 600_000 } as const;

/** The spec with numbered pushes. Throws `WB_OPTION`. */
export function withDedupe(spec: ChannelSpec, options: DedupeOptions): ChannelSpec {
  const where = `dedupe of "${spec.pattern}"`;
  checkKeys(where, options, ["window", "unknown"]);
  checkDuration(`${where}: window`, options.window);
  const { window, unknown = "refuse" } = withDefaults(DEDUPE_DEFAULTS, options);
  if (unknown !== "refuse" && unknown !== "run") {
    throw new WingbeatError("WB_OPTION", `${where}: unknown is ${String(unknown)}: it must be "refuse" or "run".`);
  }
  return { ...spec, dedupe: { window, unknown } };
}
