import type { Channel, ChannelContract } from "@wingbeat/client";
import { NOTHING_MISSED, recoveryOf } from "@wingbeat/client/bindings";
import type { RecoverySnapshot } from "@wingbeat/client/bindings";
import type { MaybeRefOrGetter, ShallowRef } from "vue";
import { useStore } from "./in-page.ts";

/**
 * What became of the messages that the channel missed while it was away, where the server keeps a history of its topic.
 * A new object after each report, for `watch(recovery, …)`: `recovered: false` says to load the state again. Nothing was
 * missed while `channel` is null.
 */
export function useRecovery<Contract extends ChannelContract>(
  channel: MaybeRefOrGetter<Channel<Contract> | null>,
): Readonly<ShallowRef<RecoverySnapshot>> {
  return useStore(channel as unknown as MaybeRefOrGetter<Channel | null>, recoveryOf, NOTHING_MISSED);
}
