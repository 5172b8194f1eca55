/** Ephemeral values of our client, over a real server. */
import { Socket } from "@wingbeat/client";
import { ephemeral } from "@wingbeat/client/ephemeral";
import { expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { WebSocket } from "ws";
import { z } from "zod";

const board = defineChannel("board:{id}")
  .assigns<{ user: string }>()
  .ephemeral("cursor", z.object({ x: z.number() }), { key: (ctx) => ctx.assigns.user, every: 1 })
  .join(() => ok());
const userSocket = defineSocket({ connect: ({ user }) => ok({ user: String(user) }), channels: [board] });

async function server() {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  onTestFinished(() => endpoint.close());
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return async (user: string) => {
    const retry = () => 10;
    const socket = new Socket<typeof userSocket>(`ws://127.0.0.1:${port}/socket`, {
      transport: WebSocket,
      params: { user },
      reconnectAfterMs: retry,
      rejoinAfterMs: retry,
    });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const channel = socket.channel("board:1");
    const cursors = ephemeral(channel, "cursor", { every: 1 });
    await channel.join();
    return { socket, channel, cursors, sees: () => Object.fromEntries([...cursors.values].sort()) };
  };
}

it("everybody sees the values of the others: now, when they come, and no longer when they go", async () => {
  const join = await server();
  const [ann, bob] = [await join("ann"), await join("bob")];
  for (let x = 0; x <= 100; x++) ann.cursors.set({ x });
  bob.cursors.set({ x: 7 });
  await vi.waitFor(() => expect([ann.sees(), bob.sees()]).toEqual([{ bob: { x: 7 } }, { ann: { x: 100 } }]));

  const eve = await join("eve");
  await vi.waitFor(() => expect(eve.sees()).toEqual({ ann: { x: 100 }, bob: { x: 7 } }));
  bob.cursors.clear();
  await vi.waitFor(() => expect(eve.sees()).toEqual({ ann: { x: 100 } }));

  ann.socket.disconnect();
  await vi.waitFor(() => expect([bob.sees(), eve.sees()]).toEqual([{}, {}]));
  ann.socket.connect();
  await vi.waitFor(() => expect([bob.sees(), eve.sees()]).toEqual([{ ann: { x: 100 } }, { ann: { x: 100 } }]));
  ann.channel.leave();
  await vi.waitFor(() => expect([bob.sees(), eve.sees()]).toEqual([{}, {}]));
});
