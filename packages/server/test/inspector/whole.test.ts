/** The inspector as an application mounts it: what the page's client and `wingbeat top` see of real clients. */
import { Socket } from "@wingbeat/client";
import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import { run } from "../../src/cli/run.ts";
import { defineChannel } from "../../src/channel.ts";
import { ok } from "../../src/channel/result.ts";
import { createEndpoint } from "../../src/endpoint.ts";
import { inspector } from "../../src/inspector.ts";
import type { Connections, InspectorSocket, Overview, TapFrame } from "../../src/inspector.ts";
import { defineSocket } from "../../src/socket.ts";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .join(() => ok())
  .handleIn("new_msg", (ctx, message) => ctx.broadcast("new_msg", message as { body: string }));
const userSocket = defineSocket({ connect: () => ok(), id: () => "user:1", channels: [room] });

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of undo.splice(0).toReversed()) await end();
});

it("shows a user's connection, channel and messages, and closes it; the viewer's own is not among them", async () => {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  const { path } = inspector({ endpoint });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  undo.push(() => endpoint.close());

  const user = new Socket<typeof userSocket>(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket as never });
  const closes: unknown[] = [];
  user.onClose((event) => closes.push(event.code));
  undo.push(() => user.disconnect());
  user.connect();
  const channel = user.channel("room:1");
  await channel.join();

  const origin = `http://127.0.0.1:${port}`;
  class Transport extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { headers: { "user-agent": "test" }, origin });
    }
  }
  const viewer = new Socket<InspectorSocket>(`ws://127.0.0.1:${port}${path}/socket`, {
    transport: Transport as never,
    authToken: async () => {
      const headers = { origin, "user-agent": "test" };
      const answer = await fetch(`${origin}${path}/ticket`, { method: "POST", headers });
      return ((await answer.json()) as { readonly ticket: string }).ticket;
    },
  });
  undo.push(() => viewer.disconnect());
  viewer.connect();
  const actions = viewer.channel("actions");
  const { node, may } = await actions.join();
  expect([node, may]).toEqual([endpoint.pubsub.nodeName, ["payloads", "disconnect"]]);

  const overviews: Overview[] = [];
  const overview = viewer.channel("view:overview", { query: {}, every: 1_000 });
  overview.on("answer", ({ data }) => void overviews.push(data));
  await overview.join();
  await expect.poll(() => overviews.at(-1)).toMatchObject({ connections: 1, channels: 1 });

  const frames: TapFrame[] = [];
  const tap = viewer.channel("tap:1", { target: { topic: "room:1" }, reveal: true });
  tap.on("frames", (batch) => void frames.push(...batch.frames));
  await tap.join();
  channel.push("new_msg", { body: "hello" });
  await expect.poll(() => frames.map(({ direction, event }) => `${direction} ${event}`)).toContain("in new_msg");
  expect(frames.find(({ event }) => event === "new_msg")).toMatchObject({ id: "user:1", payload: '{"body":"hello"}' });

  const text = await run(["top", `${origin}${path}`, "--once"], "/");
  expect(text).toContain("1 connection, 1 channel");
  expect(await run(["top", origin, "--once", "--view", "topics"], "/")).toMatch(/^room:1 +1 /m);

  const answer = await fetch(`${origin}${path}/snapshot/connections`);
  const { data } = (await answer.json()) as { readonly data: Connections };
  expect(data).toMatchObject({ total: 1, rows: [{ id: "user:1", path: "/socket" }] });
  const [row] = data.rows;
  if (row === undefined) throw new Error("no row");
  const connection = { node: row.node, key: row.key };
  expect(await actions.push("act", { action: "disconnect", connection })).toEqual({ found: true });
  await expect.poll(() => closes).toHaveLength(1);
  expect(await actions.push("act", { action: "disconnect", connection })).toEqual({ found: false });
});
