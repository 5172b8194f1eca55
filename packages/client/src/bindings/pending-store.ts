/** The pushes of a topic that have not got their replies, as snapshots. */
import type { Channel } from "../channel.ts";
import type { PendingPush } from "../outbox/item.ts";
import { onePer } from "./one-per.ts";
import type { Store } from "./store.ts";

export const NOTHING_PENDING: readonly PendingPush[] = [];

/** The pending pushes of a channel; always the same object. */
export const pendingPushesOf: (channel: Channel) => Store<readonly PendingPush[]> = /* @__PURE__ */ onePer(
  "pending",
  (channel) => ({
    get snapshot() {
      return channel.pendingPushes;
    },
    subscribe: (changed) => channel.onPendingPushes(changed),
  }),
);
