import type { Channel, ChannelContract, PendingPush } from "@wingbeat/client";
import { NOTHING_PENDING, pendingPushesOf } from "@wingbeat/client/bindings";
import type { MaybeRefOrGetter, ShallowRef } from "vue";
import { useStore } from "./in-page.ts";

/**
 * The pushes with `retry` on the channel's topic that have not got their replies, in the order in which they are sent.
 * The same array until something changes. Empty while `channel` is null.
 */
export function usePendingPushes<Contract extends ChannelContract>(
  channel: MaybeRefOrGetter<Channel<Contract> | null>,
): Readonly<ShallowRef<readonly PendingPush[]>> {
  return useStore(channel as unknown as MaybeRefOrGetter<Channel | null>, pendingPushesOf, NOTHING_PENDING);
}
