import { expect, it, vi } from "vitest";
import { PubSub } from "../../pubsub.ts";
import { InspectorMail } from "../../pubsub/inspector-mail.ts";
import { MAX_NODES, Peers } from "./peers.ts";

it("no more than 1,000 nodes are known: their names come from outside", async () => {
  const mail = new InspectorMail();
  const pubsub = new PubSub({
    adapter: { nodeName: "own", start() {}, stop() {}, broadcast() {}, directBroadcast() {} },
    dispatchers: { inspector: () => {} },
  });
  const received = vi.fn<() => void>();
  const peers = new Peers(pubsub, mail, 10, received);
  for (let n = 0; n < 3 * MAX_NODES; n++) mail.receive?.({ form: 1, kind: "watch", from: `forged ${n}` });
  expect(peers.known()).toHaveLength(MAX_NODES);
  expect(received).toHaveBeenCalledTimes(3 * MAX_NODES);
  const { silent, reports } = await peers.ask("doors", {} as Record<string, never>);
  expect([silent.length, reports.length]).toEqual([MAX_NODES, 0]);
  mail.receive?.({ form: 1, kind: "bye", from: "forged 0" });
  expect(peers.known()).toHaveLength(MAX_NODES - 1);
  peers.stop();
});
