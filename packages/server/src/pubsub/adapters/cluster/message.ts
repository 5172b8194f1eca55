/** What workers and their primary tell each other. The channel between them has other messages too. */

/** Bytes for a node, or for all. */
export interface RelayedParcel {
  readonly node: string | undefined;
  readonly bytes: Uint8Array;
}

/** Both ways. */
export interface Relayed {
  readonly wingbeat: "pubsub";
  readonly namespace: string;
  /** The node that sends. */
  readonly from: string;
  readonly parcels: readonly RelayedParcel[];
}

/** From a worker: a node is there, or no longer. A worker can have several. */
export interface Membership {
  readonly wingbeat: "pubsub.join" | "pubsub.leave";
  readonly namespace: string;
  readonly node: string;
}

export type ClusterMessage = Relayed | Membership;

const kindOf = (message: unknown): unknown =>
  typeof message === "object" && message !== null && "wingbeat" in message ? message.wingbeat : undefined;

export const isRelayed = (message: unknown): message is Relayed => kindOf(message) === "pubsub";

export const isMembership = (message: unknown): message is Membership =>
  kindOf(message) === "pubsub.join" || kindOf(message) === "pubsub.leave";
