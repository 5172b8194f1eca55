import type { Channel, ChannelContract } from "@wingbeat/client";
import { NOTHING_MISSED, recoveryOf } from "@wingbeat/client/bindings";
import type { RecoverySnapshot } from "@wingbeat/client/bindings";
import { useStore } from "./use-store.ts";

/**
 * What became of the messages that the channel missed while it was away, where the server keeps a history of its topic.
 * A new object after each report, so that an effect may depend on it: `recovered: false` says to load the state again.
 * Nothing was missed while `channel` is null.
 */
export function useRecovery<Contract extends ChannelContract>(channel: Channel<Contract> | null): RecoverySnapshot {
  return useStore(channel && recoveryOf(channel as unknown as Channel), NOTHING_MISSED);
}
