/** An update of a presence is no leave: the list has the key all the time, and programs may tell the two apart. */
import { Presence, Socket } from "@wingbeat/client";
import { Presence as PhoenixPresence, Socket as PhoenixSocket } from "phoenix";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok } from "wingbeat";
import { WebSocket } from "ws";

const presence = definePresence<{ typing: boolean }>();
const room = defineChannel("room:{id}")
  .assigns<{ user: string }>()
  .pushes<typeof presence.events>()
  .join((ctx) => {
    presence.track(ctx, ctx.assigns.user, { typing: false });
    presence.pushState(ctx);
    return ok();
  })
  .handleIn("typing", (ctx, payload) => {
    presence.update(ctx, ctx.assigns.user, payload as { typing: boolean });
    return ok();
  });
const userSocket = defineSocket({ connect: ({ user }) => ok({ user: String(user) }), channels: [room] });

async function server() {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, presence: [presence], logger: false });
  onTestFinished(() => endpoint.close());
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return (Client: typeof Socket, user: string) => {
    const retry = () => 10;
    const options = { transport: WebSocket, params: { user }, reconnectAfterMs: retry, rejoinAfterMs: retry };
    const socket = new Client<typeof userSocket>(`ws://127.0.0.1:${port}/socket`, options);
    onTestFinished(() => socket.disconnect());
    socket.connect();
    return { socket, channel: socket.channel("room:1") };
  };
}

const CLIENTS = [
  ["our client", Socket, Presence],
  ["phoenix.js", PhoenixSocket as unknown as typeof Socket, PhoenixPresence as unknown as typeof Presence],
] as const;

/** What one client sees while another joins, is updated, is away during an update, and leaves. */
async function watch(Client: typeof Socket, Here: typeof Presence, updates: boolean): Promise<string[]> {
  const connect = await server();
  const { socket, channel } = connect(Client, "ann");
  const here = new Here(channel);
  const log: string[] = [];
  const keys = () =>
    here
      .list((key) => key)
      .sort()
      .join(",");
  const flags = ({ metas }: { readonly metas: readonly { readonly typing: boolean }[] }) =>
    metas.map(({ typing }) => typing);
  here.onJoin((key, current, joined) =>
    log.push(`+${key} ${current ? flags(current) : "new"} ${flags(joined)}; ${keys()}`),
  );
  here.onLeave((key, current, left) => log.push(`-${key} ${flags(current)} ${flags(left)}; ${keys()}`));
  if (updates) here.onUpdate((key, before, after) => log.push(`${key} ${flags(before)} ${flags(after)}; ${keys()}`));
  here.onSync(() => log.push(`sync ${keys()}`));
  const synced = async (changes: number) => {
    const count = () => log.filter((line) => line.startsWith("sync")).length;
    await vi.waitFor(() => expect(count()).toBe(changes));
  };
  channel.join();
  await synced(1);
  log.splice(0);
  const bob = connect(Socket, "bob");
  await bob.channel.join();
  await synced(1);
  await bob.channel.push("typing", { typing: true });
  await synced(2);
  // Ann is away: then she gets the whole state, of which she finds out what has changed.
  const closed = new Promise<void>((resolve) => socket.disconnect(() => resolve()));
  await closed;
  await bob.channel.push("typing", { typing: false });
  socket.connect();
  await synced(3);
  bob.channel.leave();
  await synced(4);
  return log.filter((line) => !line.includes("ann "));
}

describe("a client that hears of joins and leaves alone", () => {
  it.each(CLIENTS)("never finds the key gone: %s", async (_name, Client, Here) => {
    expect(await watch(Client, Here, false)).toEqual([
      "+bob new false; ann,bob",
      "sync ann,bob",
      "+bob false true; ann,bob",
      "-bob true false; ann,bob",
      "sync ann,bob",
      "+bob true false; ann,bob",
      "-bob false true; ann,bob",
      "sync ann,bob",
      "-bob  false; ann,bob",
      "sync ann",
    ]);
  });
});

describe("a client that hears of updates", () => {
  it("hears of no join and no leave at an update", async () => {
    expect(await watch(Socket, Presence, true)).toEqual([
      "+bob new false; ann,bob",
      "sync ann,bob",
      "bob false true; ann,bob",
      "sync ann,bob",
      "bob true false; ann,bob",
      "sync ann,bob",
      "-bob  false; ann,bob",
      "sync ann",
    ]);
  });
});
