import type { Channel, ChannelContract } from "@wingbeat/client";
import { NOTHING_MISSED, recoveryOf } from "@wingbeat/client/bindings";
import type { RecoverySnapshot } from "@wingbeat/client/bindings";
import { track } from "./reactive.ts";

/**
 * What became of the messages that the channel missed while it was away, where the server keeps a history of its topic.
 * An effect that reads it runs again after each report: `recovered: false` says to load the state again. Nothing was
 * missed while `channel` returns null.
 */
export function useRecovery<Contract extends ChannelContract>(
  channel: () => Channel<Contract> | null,
): RecoverySnapshot {
  const snapshot = () => {
    const now = channel();
    if (now === null) return NOTHING_MISSED;
    const store = recoveryOf(now as unknown as Channel);
    track(store);
    return store.snapshot;
  };
  return {
    get recovered() {
      return snapshot().recovered;
    },
    get recovering() {
      return snapshot().recovering;
    },
    get count() {
      return snapshot().count;
    },
    get reason() {
      return snapshot().reason;
    },
  };
}
