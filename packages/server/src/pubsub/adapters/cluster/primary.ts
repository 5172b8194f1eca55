/** What the primary of node:cluster does for its workers. */
import cluster from "node:cluster";
import { Keeper } from "./keeper.ts";
import { Relay } from "./relay.ts";

let isRelaying = false;

/**
 * Makes the primary of node:cluster relay for `clusterAdapter`, and keep the history of topics for it. Call it before the
 * first `cluster.fork()`: it sets `serialization: "advanced"`, without which bytes would be sent as JSON. A second call
 * does nothing.
 */
export function relayPubSub(): void {
  if (isRelaying || !cluster.isPrimary) return;
  isRelaying = true;
  cluster.setupPrimary({ serialization: "advanced" });
  for (const part of [new Relay(), new Keeper()]) {
    cluster.on("message", part.onMessage);
    cluster.on("disconnect", part.onGone);
    cluster.on("exit", part.onGone);
  }
}
