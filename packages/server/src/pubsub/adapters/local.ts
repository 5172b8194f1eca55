/** The default adapter: one process, no other nodes. */
import { randomUUID } from "node:crypto";
import type { DeliverLocally, PubSubAdapter } from "../adapter.ts";

/** The adapter of a node that has no others. `nodeName`: default, a random one. */
export function localAdapter(nodeName = `local-${randomUUID()}`): PubSubAdapter {
  let deliver: DeliverLocally | undefined;
  const since = Date.now();
  return {
    nodeName,
    start(deliverLocally) {
      deliver = deliverLocally;
    },
    broadcast() {},
    directBroadcast(node, message) {
      if (node === nodeName) deliver?.(message);
    },
    status: () => ({ adapter: "local", state: "up", since, queued: 0, lost: 0, missed: 0 }),
    stop() {
      deliver = undefined;
    },
  };
}
