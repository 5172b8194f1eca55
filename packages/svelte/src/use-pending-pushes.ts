import type { Channel, ChannelContract, PendingPush } from "@wingbeat/client";
import { NOTHING_PENDING, pendingPushesOf } from "@wingbeat/client/bindings";
import { read } from "./reactive.ts";

/**
 * The pushes with `retry` on the channel's topic that have not got their replies, in the order in which they are sent.
 * The same array until something changes. Empty while `channel` returns null.
 */
export function usePendingPushes<Contract extends ChannelContract>(
  channel: () => Channel<Contract> | null,
): { readonly current: readonly PendingPush[] } {
  return {
    get current() {
      const now = channel() as unknown as Channel | null;
      if (now === null) return NOTHING_PENDING;
      const store = pendingPushesOf(now);
      return read(store, "pending", () => store.snapshot);
    },
  };
}
