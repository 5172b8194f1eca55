/** A session that is revoked while its client is being connected. */
import { expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { PubSubAdapter } from "../../src/index.ts";
import { engineAdapter } from "../../src/pubsub/remote/engine-adapter.ts";
import { Hub } from "../pubsub/hub.ts";
import { FrameClient } from "./frame-client.ts";
import { gate } from "./inbox.ts";
import { serve } from "./serve.ts";

function socketWith(connect: () => unknown) {
  return defineSocket({
    connect: async () => {
      await connect();
      return ok({ user: 1 });
    },
    id: ({ user }) => `user:${user}`,
    channels: [defineChannel("room").join(() => ok())],
  });
}

it.each(["this node", "another node"])("by %s: the connection is closed with 1001 at once", async (who) => {
  const hub = new Hub();
  const adapter = (nodeName: string): PubSubAdapter => engineAdapter("hub", hub.engine(), { nodeName });
  const [began, connected] = [gate(), gate()];
  const socket = socketWith(async () => {
    began.open();
    await connected.passed;
  });
  const here = await serve({ "/socket": socket }, { pubsub: adapter("here") });
  const there = await serve({ "/socket": socket }, { pubsub: adapter("there") });
  const opening = FrameClient.open(here.url());
  await began.passed;
  (who === "this node" ? here : there).endpoint.broadcast("user:1", "disconnect", {});
  // What another node has sent is here when a later broadcast of it is.
  const arrived = new Promise<void>((resolve) => here.endpoint.subscribe("later", () => resolve()));
  there.endpoint.broadcast("later", "later", {});
  await arrived;
  connected.open();
  const client = await opening;
  expect(await client.closed).toMatchObject({ code: 1001 });
  expect(here.endpoint.connections).toBe(0);
});

it("of a client that connects afterwards does not end it", async () => {
  const { url, endpoint } = await serve({ "/socket": socketWith(() => {}) });
  endpoint.broadcast("user:1", "disconnect", {});
  const client = await FrameClient.open(url());
  await client.join("room");
  await client.settled();
  expect(endpoint.connections).toBe(1);
});

it.each(["this node", "another node"])("by %s during a refresh: the refresh comes too late", async (who) => {
  const hub = new Hub();
  const adapter = (nodeName: string): PubSubAdapter => engineAdapter("hub", hub.engine(), { nodeName });
  const [began, passed] = [gate(), gate()];
  let connects = 0;
  const socket = defineSocket({
    connect: async () => {
      if (++connects > 1) {
        began.open();
        await passed.passed;
      }
      return ok({ user: 1 }, { expiresAt: Date.now() + 3_600_000 });
    },
    id: ({ user }) => `user:${user}`,
    channels: [],
  });
  const here = await serve({ "/socket": socket }, { pubsub: adapter("here") });
  const there = await serve({ "/socket": socket }, { pubsub: adapter("there") });
  const client = await FrameClient.open(here.url(undefined, { wingbeat: "1" }));
  await client.next();
  client.send(null, "1", "phoenix", "wb_refresh", { query: "vsn=2.0.0" });
  await began.passed;
  (who === "this node" ? here : there).endpoint.disconnect("user:1");
  expect(await client.closed).toEqual({ code: 1001, reason: "disconnected by the server" });
  passed.open();
  await new Promise((resolve) => setImmediate(resolve));
  expect(client.inbox.rest).toEqual([]);
  expect(here.endpoint.connections).toBe(0);
});
