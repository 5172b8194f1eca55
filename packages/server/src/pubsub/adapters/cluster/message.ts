/** Messages between workers and their primary. The IPC channel carries other messages too. */

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

/** From a worker: a node has started or stopped. A worker can have several. */
export interface Membership {
  readonly wingbeat: "pubsub.join" | "pubsub.leave";
  readonly namespace: string;
  readonly node: string;
}

export type ClusterMessage = Relayed | Membership;

/** Bytes of a node's or a namespace's name. */
const MAX_NAME = 255;

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export const isName = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && Buffer.byteLength(value) <= MAX_NAME;

const isParcel = (value: unknown): value is RelayedParcel =>
  isObject(value) && (value["node"] === undefined || isName(value["node"])) && value["bytes"] instanceof Uint8Array;

export const isRelayed = (message: unknown): message is Relayed =>
  isObject(message) &&
  message["wingbeat"] === "pubsub" &&
  isName(message["namespace"]) &&
  isName(message["from"]) &&
  Array.isArray(message["parcels"]) &&
  message["parcels"].every(isParcel);

export const isMembership = (message: unknown): message is Membership =>
  isObject(message) &&
  (message["wingbeat"] === "pubsub.join" || message["wingbeat"] === "pubsub.leave") &&
  isName(message["namespace"]) &&
  isName(message["node"]);
