/**
 * What became of the messages that a channel has missed, as snapshots that React can compare. One per channel, created
 * before it joins: a report comes only once.
 */
import type { Channel, RecoveryReport } from "@wingbeat/client";
import { shared } from "./shared.ts";

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

const stores = shared<Channel, RecoveryStore>("recoveries");

/** The recovery of a channel; always the same object. */
export function recoveryOf(channel: Channel): RecoveryStore {
  let store = stores.get(channel);
  if (store === undefined) stores.set(channel, (store = new RecoveryStore(channel)));
  return store;
}

export class RecoveryStore {
  #snapshot = NOTHING_MISSED;
  readonly #subscribers = new Set<() => void>();

  constructor(channel: Channel) {
    // The reply of a server that keeps no history any more.
    channel.joinPush.receive("ok", () => channel.recovered === undefined && this.#set(NOTHING_MISSED));
    channel.onRecover((report) => this.#set({ ...report, recovering: report.count > 0 }));
    channel.onCaughtUp(() => this.#snapshot.recovering && this.#set({ ...this.#snapshot, recovering: false }));
  }

  get snapshot(): RecoverySnapshot {
    return this.#snapshot;
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => this.#subscribers.delete(changed);
  }

  #set(snapshot: RecoverySnapshot): void {
    this.#snapshot = snapshot;
    for (const changed of this.#subscribers) changed();
  }
}
