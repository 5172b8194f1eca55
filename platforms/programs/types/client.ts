/** A page that uses the client without a server's types. */
import { Presence, PushError, Socket } from "@wingbeat/client";
import { fakeServer, ok } from "@wingbeat/client/testing";

export async function visit(url: string): Promise<void> {
  const socket = new Socket(url, { params: () => ({ token: "secret" }) });
  socket.connect();
  const channel = socket.channel("room:1", {});
  const presence = new Presence(channel);
  presence.onSync(() => presence.list());
  channel.on("new_msg", (payload: unknown) => payload);
  try {
    await channel.join();
  } catch (error) {
    if (error instanceof PushError) throw error;
  }
  channel.push("new_msg", { body: "hello" }).receive("ok", () => {});
}

export async function test(): Promise<void> {
  const server = fakeServer();
  server.channel("room:*").onJoin(({ as }: { as: string }) => ok({ as }));
  const channel = server.socket().channel("room:1", { as: "ann" });
  await channel.join();
  (await server.joined("room:1")).push("new_msg", { body: "hello" });
  server.close();
}
