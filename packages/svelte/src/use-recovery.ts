import type { Channel, ChannelContract } from "@wingbeat/client";
import { NOTHING_MISSED, recoveryOf } from "@wingbeat/client/bindings";
import type { RecoverySnapshot } from "@wingbeat/client/bindings";
import { live, read } from "./reactive.ts";

/**
 * What became of the messages that the channel missed while it was away, where the server keeps a history of its topic.
 * An effect that reads it runs again after each report: `recovered: false` says to load the state again. Nothing was
 * missed while `channel` returns null.
 */
export function useRecovery<Contract extends ChannelContract>(
  channel: () => Channel<Contract> | null,
): RecoverySnapshot {
  return live(NOTHING_MISSED, (field) => {
    const now = channel() as unknown as Channel | null;
    if (now === null) return NOTHING_MISSED[field];
    const store = recoveryOf(now);
    // Each report counts, also one that says the same as the last.
    return read(store, "report", () => store.snapshot)[field];
  });
}
