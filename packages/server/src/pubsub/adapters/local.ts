/** The default adapter: one process, no other nodes. */
import { randomUUID } from "node:crypto";
import type { DeliverLocally, PubSubAdapter } from "../adapter.ts";

export function localAdapter(nodeName = `local-${randomUUID()}`): PubSubAdapter {
  let deliver: DeliverLocally | undefined;
  return {
    nodeName,
    start(deliverLocally) {
      deliver = deliverLocally;
    },
    broadcast() {},
    directBroadcast(node, message) {
      if (node === nodeName) deliver?.(message);
    },
    stop() {
      deliver = undefined;
    },
  };
}
