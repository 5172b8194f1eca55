import type { Channel, ChannelContract, PendingPush } from "@wingbeat/client";
import { NOTHING_PENDING, pendingPushesOf } from "@wingbeat/client/bindings";
import { useStore } from "./use-store.ts";

/**
 * The pushes with `retry` on the channel's topic that have not got their replies, in the order in which they are sent.
 * The same array until something changes. Empty while `channel` is null.
 */
export function usePendingPushes<Contract extends ChannelContract>(
  channel: Channel<Contract> | null,
): readonly PendingPush[] {
  return useStore(channel && pendingPushesOf(channel as unknown as Channel), NOTHING_PENDING);
}
