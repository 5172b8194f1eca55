/** what an application loses, and how a test sees that it gets it back. */
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../index.ts";
import { testSocket } from "../testing.ts";
import type { TestKit } from "../testing.ts";

const banned = new Set<string>();
const room = defineChannel("room:{id}")
  .assigns<{ user: string }>()
  .pushes<{ message: { n: number }; file: Uint8Array; typing: { user: string } }>()
  .history({ size: 3, ttl: 60_000, events: ["message", "file"] })
  .join((ctx) => (banned.has(ctx.assigns.user) ? refuse({ reason: "banned" }) : ok({ since: ctx.since ?? null })))
  .handleIn("say", (ctx, payload) => ctx.broadcast("message", payload as { n: number }))
  .handleIn("say to others", (ctx, payload) => ctx.broadcastFrom("message", payload as { n: number }));
const plain = defineChannel("plain:{id}").join(() => ok());
const socket = defineSocket({
  connect: ({ user }) => ok({ user: String(user) }),
  id: ({ user }) => `user:${user}`,
  channels: [room, plain],
});

const kitOf = (): TestKit<NonNullable<(typeof socket)["~contract"]>> => {
  const kit = testSocket(socket);
  onTestFinished(() => kit.close());
  return kit;
};

afterEach(() => {
  banned.clear();
  vi.useRealTimers();
});

describe("R-31: a test client on a topic with a history", () => {
  it("loses messages with its connection, and gets them back when it reconnects", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    kit.loseMessages(2);
    for (const n of [1, 2, 3]) kit.endpoint.broadcast("room:1", "message", { n });
    await client.assertClosed(1006);
    await client.reconnect();
    await one.assertRecovered({ count: 3 });
    for (const n of [1, 2, 3]) await one.assertPush("message", { n });
    await one.refutePush("message");
    await one.assertTerminated("closed");
    kit.endpoint.broadcast("room:1", "message", { n: 4 });
    const message = await one.assertPush("message", { n: 4 });
    expect(one.positionOf(message)).toEqual({ epoch: one.position?.epoch, offset: 4 });
    expect(one.position?.offset).toBe(4);
  });

  it("is told what is missing: too many were missed, or too long ago", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    client.disconnect();
    await client.assertClosed();
    for (const n of [1, 2, 3, 4]) kit.endpoint.broadcast("room:1", "message", { n });
    await client.reconnect();
    await one.assertReport("trimmed");
    await one.refutePush("message");
    client.close();
    kit.endpoint.broadcast("room:1", "message", { n: 5 });
    kit.advance(30_000);
    await client.reconnect();
    await one.assertRecovered({ count: 1 });
    client.close();
    kit.advance(30_000);
    kit.endpoint.broadcast("room:1", "message", { n: 6 });
    await client.reconnect();
    await one.assertRecovered({ count: 1 });
    kit.loseMessages(1);
    kit.endpoint.broadcast("room:1", "message", { n: 7 });
    kit.advance(60_000);
    await client.reconnect();
    await one.assertReport("trimmed");
  });

  it("moves with the fake timers of the test runner", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    client.close();
    kit.endpoint.broadcast("room:1", "message", { n: 1 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_001 });
    await client.reconnect();
    await one.assertReport("trimmed");
  });

  it("is told of a loss while it is joined", async () => {
    const kit = kitOf();
    const one = await (await kit.connect({ user: "ada" })).subscribeAndJoin("room:1");
    kit.endpoint.broadcast("room:1", "message", { n: 1 });
    await kit.endpoint.clearHistory("room:1");
    kit.endpoint.broadcast("room:1", "message", { n: 2 });
    await one.assertReport("epoch");
    await one.assertPush("message", { n: 2 });
  });

  it("joins from where the test says: from the beginning, after a position, with the last ones", async () => {
    const kit = kitOf();
    for (const n of [1, 2]) kit.endpoint.broadcast("room:1", "message", { n });
    const first = await kit.connect({ user: "ada" });
    const all = await first.subscribeAndJoin("room:1", {}, { since: "earliest" });
    await all.assertRecovered({ count: 2 });
    const message = await all.assertPush("message", { n: 1 });
    const since = all.positionOf(message)!;
    const rest = await (await kit.connect({ user: "bob" })).subscribeAndJoin("room:1", {}, { since, timeout: 500 });
    expect(rest.response).toEqual({ since });
    await rest.assertRecovered({ count: 1 });
    await rest.assertPush("message", { n: 2 });
    const last = await (await kit.connect({ user: "eve" })).join("room:1", {}, { rewind: 1 });
    expect(last.status).toBe("ok");
    if (last.status === "ok") await last.channel.assertPush("message", { n: 2 });
  });

  it("R-12: does not get its own broadcastFrom back, and gets bytes back as bytes", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    kit.loseMessages(1);
    one.push("say to others", { n: 1 });
    await one.assertBroadcast("message", { n: 1 });
    kit.endpoint.broadcast("room:1", "file", new Uint8Array([7]));
    await client.assertClosed(1006);
    await client.reconnect();
    await one.assertRecovered({ count: 2 });
    const file = await one.assertPush("file", new Uint8Array([7]));
    expect(one.positionOf(file)?.offset).toBe(2);
    await one.refutePush("message");
  });

  it("R-11: is refused like anybody when it comes back", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    client.close();
    kit.endpoint.broadcast("room:1", "message", { n: 1 });
    banned.add("ada");
    await expect(client.reconnect()).rejects.toThrow(
      "reconnect: the join of \"room:1\" was refused with { reason: 'banned' }",
    );
    await expect(one.assertRecovered({}, 20)).rejects.toThrow("arrived   nothing");
    await one.refutePush("message");
  });

  it("rejoins what it had joined, and not what it has left; cuts an open connection", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    const two = await client.subscribeAndJoin("room:2");
    const other = await client.subscribeAndJoin("plain:1");
    await two.assertReply(two.leave(), "ok");
    await two.assertTerminated("left");
    await client.reconnect();
    for (const channel of [one, other]) await channel.assertTerminated("closed");
    await one.assertRecovered({ count: 0 });
    one.push("say", { n: 1 });
    await one.assertPush("message", { n: 1 });
    await expect(two.assertReply(two.push("say"), "error")).resolves.toEqual({ reason: "unmatched topic" });
    await expect(other.assertRecovered({}, 20)).rejects.toThrow("note      the topic has no history");
  });

  it("says what it was told instead of what was expected", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" });
    const one = await client.subscribeAndJoin("room:1");
    await client.reconnect();
    await expect(one.assertRecovered({ count: 1 }, 20)).rejects.toThrow(
      /expected {2}recovered, and 1 messages follow\n {2}arrived {3}recovered, and 0 messages follow/,
    );
    await expect(one.assertReport("trimmed", 20)).rejects.toThrow('assertReport("trimmed") on "room:1"');
  });

  it("knows nothing of it when it is a stock client", async () => {
    const kit = kitOf();
    const client = await kit.connect({ user: "ada" }, { recovery: false });
    const one = await client.subscribeAndJoin("room:1");
    client.close();
    kit.endpoint.broadcast("room:1", "message", { n: 1 });
    await client.reconnect();
    kit.endpoint.broadcast("room:1", "message", { n: 2 });
    const message = await one.assertPush("message");
    expect([message, one.position, one.positionOf(message)]).toEqual([{ n: 2 }, null, undefined]);
  });

  it("has a clock only with the kit's own endpoint", async () => {
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
    onTestFinished(() => endpoint.close());
    const kit = testSocket(socket, { endpoint });
    onTestFinished(() => kit.close());
    expect(() => kit.advance(1)).toThrow("advance: the clock is that of the kit's own endpoint");
  });

  it("connects again without connect, too", async () => {
    const kit = kitOf();
    const client = kit.socket({ user: "ada" }, "user:ada");
    const one = await client.subscribeAndJoin("room:1");
    client.loseMessages(1);
    kit.endpoint.broadcast("room:1", "message", { n: 1 });
    await client.assertClosed(1006);
    await client.reconnect();
    await one.assertRecovered({ count: 1 });
    expect([client.id, client.assigns]).toEqual(["user:ada", { user: "ada" }]);
  });
});
