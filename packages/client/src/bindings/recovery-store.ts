/**
 * What became of the messages that a channel has missed, as snapshots. One per channel, created
 * before it joins: a report comes only once.
 */
import type { Channel } from "../channel.ts";
import type { RecoveryReport } from "../recovery.ts";
import { onePer } from "./one-per.ts";
import { WritableStore } from "./store.ts";
import type { Store } from "./store.ts";

/** What `useRecovery` returns. */
export interface RecoverySnapshot {
  /**
   * Whether all that was missed has come, or comes now. False: load your state again. Undefined before anything could be
   * missed, and when the server keeps no history of the topic.
   */
  readonly recovered: boolean | undefined;
  /** True while missed messages come. */
  readonly recovering: boolean;
  /** How many were missed and recorded, those included that the server does not show to this client. */
  readonly count: number;
  /** Why not all come: see `RecoveryReport` of the client. */
  readonly reason: RecoveryReport["reason"];
}

export const NOTHING_MISSED: RecoverySnapshot = {
  recovered: undefined,
  recovering: false,
  count: 0,
  reason: undefined,
};

/** The recovery of a channel; always the same object. */
export const recoveryOf: (channel: Channel) => Store<RecoverySnapshot> = /* @__PURE__ */ onePer(
  "recoveries",
  (channel) => {
    const store = new WritableStore(NOTHING_MISSED);
    // The reply of a server that keeps no history any more.
    channel.joinPush.receive("ok", () => channel.recovered === undefined && store.set(NOTHING_MISSED));
    channel.onRecover((report) => store.set({ ...report, recovering: report.count > 0 }));
    channel.onCaughtUp(() => store.snapshot.recovering && store.set({ ...store.snapshot, recovering: false }));
    return store;
  },
);
