/** A page that knows its server: types travel from the handler to the callback. */
import { Socket } from "@wingbeat/client";
import { fakeServer, ok as answer } from "@wingbeat/client/testing";
import { createHooks } from "@wingbeat/react";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .join((ctx) => ok({ welcome: ctx.params.id }))
  .handleIn("count", () => ok({ count: 1 }));
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });
export const endpoint = createEndpoint({ sockets: { "/socket": userSocket } });
export const hooks = createHooks<typeof userSocket>();

export async function visit(): Promise<number> {
  const socket = new Socket<typeof userSocket>("/socket");
  const channel = socket.channel("room:42");
  channel.on("new_msg", ({ body }) => body.toUpperCase());
  const { welcome } = await channel.join();
  const text: string = welcome;
  const { count } = await channel.push("count", { text });
  return count;
}

export async function test(): Promise<void> {
  const server = fakeServer<typeof userSocket>();
  server
    .channel("room:{id}")
    .onJoin(() => answer({ welcome: "hi" }))
    .on("count", () => answer({ count: 2 }));
  (await server.joined("room:42")).push("new_msg", { body: "hello" });
}
