/** Phoenix's own client, on two nodes with real time and default options. */
import { Presence as Client } from "phoenix";
import { expect, it, vi } from "vitest";
import { current, joined, opened } from "../integration/phoenix-clients.ts";
import { Bus } from "./bus.ts";
import { SOON, startNode } from "./room.ts";
import type { Node } from "./room.ts";

/** A client on a node, as an application writes it: joins, is tracked, and shows who is there. */
async function enter(node: Node, key: string, meta: object) {
  const socket = current.socket(node.url.replace(/\/websocket.*/, ""));
  await opened(socket);
  const channel = socket.channel("room:1", { key, meta });
  const client = new Client(channel);
  const told: string[] = [];
  client.onJoin((who = "", before: { metas: object[] } | undefined) =>
    told.push(`${who} ${before?.metas.length ?? 0} joined`),
  );
  client.onLeave((who = "", left: { metas: object[] }) => told.push(`${who} left ${left.metas.length}`));
  await joined(channel);
  const devices = (): string[][] =>
    client.list((_who: string, { metas }: { metas: { device?: string }[] }) =>
      metas.map(({ device = "none" }) => device),
    );
  return { socket, channel, told, devices, keys: () => client.list((who: string) => who).sort() };
}

it("sees who comes, changes and goes on the other node", async () => {
  const bus = new Bus();
  const [a, b] = [await startNode({}, bus.adapter("a")), await startNode({}, bus.adapter("b"))];
  const ada = await enter(a, "ada", { device: "phone" });
  const bob = await enter(b, "bob", {});
  await vi.waitFor(() => expect(ada.keys()).toEqual(["ada", "bob"]), SOON);
  await vi.waitFor(() => expect(bob.keys()).toEqual(["ada", "bob"]), SOON);
  expect(a.endpoint.nodes()).toEqual(["a", "b"]);

  const laptop = await enter(b, "ada", { device: "laptop" });
  await vi.waitFor(() => expect(ada.devices()).toContainEqual(["phone", "laptop"]), SOON);

  ada.channel.push("update", { key: "ada", meta: { device: "watch" } });
  await vi.waitFor(() => expect(bob.devices().flat().sort()).toEqual(["laptop", "none", "watch"]), SOON);

  laptop.socket.disconnect();
  await vi.waitFor(() => expect(ada.told).toContain("ada left 1"), SOON);
  expect(ada.keys()).toEqual(["ada", "bob"]);
  bob.channel.leave();
  await vi.waitFor(() => expect(ada.keys()).toEqual(["ada"]), SOON);
});
