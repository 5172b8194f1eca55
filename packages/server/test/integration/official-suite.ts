/** One suite, run with each official client over real sockets, and over both transports alike. */
import type { Channel, Socket } from "phoenix";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { serve } from "./serve.ts";
import type { Served, Sockets } from "./serve.ts";
import { Inbox } from "./inbox.ts";
import { answered, joined, nextOn, opened } from "./phoenix-clients.ts";
import type { PhoenixClient } from "./phoenix-clients.ts";
import { userSocket } from "./room.ts";
import type { Ended } from "./room.ts";
import { observe } from "./telemetry.ts";

const mount = (served: Served): string => `ws://127.0.0.1:${served.port}/socket`;

type Mounted = (ended?: Ended) => Sockets;

const startWith = async (
  client: PhoenixClient,
  mounted: Mounted,
  name = "ada",
): Promise<{ served: Served; socket: Socket; other: Socket }> => {
  const served = await serve(mounted());
  const socket = client.socket(mount(served), { params: { name } });
  return { served, socket, other: client.socket(mount(served), { params: { name: "bob" } }) };
};

/** What every client can do, over either transport. */
function common(client: PhoenixClient, mounted: Mounted): void {
  const start = () => startWith(client, mounted);

  it("speaks the version that its name says", async () => {
    const connections = observe("socket.connected");
    await opened((await start()).socket);
    expect((await connections.next()).vsn).toBe(`${client.version}.0.0`);
  });

  it("joins with params and gets the reply", async () => {
    const { socket } = await start();
    expect(await joined(socket.channel("room:1", { hello: "world" }))).toEqual({
      status: "ok",
      response: { id: "1", name: "ada", params: { hello: "world" } },
    });
  });

  it("is told why a join is refused, and that a join crashed or has no channel", async () => {
    const { socket } = await start();
    const refused = async (topic: string): Promise<unknown> => {
      const channel = socket.channel(topic, {});
      const answer = await joined(channel);
      channel.leave();
      return answer;
    };
    expect(await refused("room:closed")).toEqual({ status: "error", response: { reason: "unauthorized" } });
    expect(await refused("room:broken")).toEqual({ status: "error", response: { reason: "join crashed" } });
    expect(await refused("nowhere")).toEqual({ status: "error", response: { reason: "unmatched topic" } });
  });

  it("gets replies ok and error, and times out when there is none", async () => {
    const { socket } = await start();
    const channel = socket.channel("room:1", {});
    await joined(channel);
    expect(await answered(channel.push("echo", { n: [1, "ü", null] }))).toEqual({
      status: "ok",
      response: { n: [1, "ü", null] },
    });
    expect(await answered(channel.push("fail", { why: "x" }))).toEqual({ status: "error", response: { why: "x" } });
    expect(await answered(channel.push("nonsense", {}))).toEqual({
      status: "error",
      response: { reason: "unknown event" },
    });
    expect((await answered(channel.push("silent", {}, 20))).status).toBe("timeout");
  });

  it("sends what was pushed before the join was answered", async () => {
    const { socket } = await start();
    const channel = socket.channel("room:1", {});
    channel.join();
    expect(await answered(channel.push("echo", { early: true }))).toEqual({ status: "ok", response: { early: true } });
  });

  it("gets pushes, broadcasts with and without itself", async () => {
    const { socket, other } = await start();
    const [mine, theirs] = [socket.channel("room:1", {}), other.channel("room:1", {})];
    await Promise.all([joined(mine), joined(theirs)]);
    const seen = new Inbox<string>();
    mine.on("shouted", ({ text }) => seen.put(`mine ${text}`));
    theirs.on("shouted", ({ text }) => seen.put(`theirs ${text}`));
    mine.on("pushed", ({ text }) => seen.put(`mine ${text}`));
    mine.push("shout", { text: "all" });
    expect((await seen.take(2)).sort()).toEqual(["mine all", "theirs all"]);
    mine.push("others", { text: "others" });
    expect(await seen.next()).toBe("theirs others");
    mine.push("push", { text: "me" });
    expect(await seen.next()).toBe("mine me");
    expect(seen.rest).toEqual([]);
  });

  it("gets broadcasts of the endpoint, also those that code outside of channels sends", async () => {
    const { served, socket } = await start();
    const channel = socket.channel("room:1", {});
    await joined(channel);
    const news = nextOn(channel, "news");
    served.endpoint.broadcast("room:1", "news", { n: 1 });
    expect(await news).toEqual({ n: 1 });
  });

  it("leaves: it is answered, closed, and gets no more", async () => {
    const ended = new Inbox<string>();
    const served = await serve(mounted((topic, reason) => ended.put(`${topic} ${reason}`)));
    const channel = client.socket(mount(served)).channel("room:1", {});
    await joined(channel);
    const closed = new Promise((resolve) => channel.onClose(resolve));
    expect((await answered(channel.leave())).status).toBe("ok");
    await closed;
    expect(await ended.next()).toBe("room:1 left");
    expect(served.endpoint.pubsub.size.topics).toBe(0);
  });

  it("rejoins by itself after its channel has crashed", async () => {
    const { socket } = await start();
    const channel = socket.channel("room:1", {});
    const joins = new Inbox<unknown>();
    const errors = new Inbox<unknown>();
    channel.join().receive("ok", (response) => joins.put(response));
    channel.onError((reason) => errors.put(reason));
    await joins.next();
    expect(await answered(channel.push("count", {}))).toEqual({ status: "ok", response: { count: 1 } });
    channel.push("crash", {});
    expect(await errors.next()).toEqual({ reason: "channel_crash" });
    await joins.next();
    expect(await answered(channel.push("count", {}))).toEqual({ status: "ok", response: { count: 1 } });
  });

  it("reconnects and rejoins after the server has been restarted", async () => {
    const { served, socket } = await start();
    const channel = socket.channel("room:1", {});
    const joins = new Inbox<unknown>();
    channel.join().receive("ok", (response) => joins.put(response));
    await joins.next();
    await served.endpoint.close();
    const again = await serve(mounted(), { port: served.port });
    await joins.next();
    const news = nextOn(channel, "news");
    again.endpoint.broadcast("room:1", "news", { n: 2 });
    expect(await news).toEqual({ n: 2 });
  });

  it("has many topics on one connection, each with messages of its own", async () => {
    const { served, socket } = await start();
    const channels = Array.from({ length: 40 }, (_, n) => socket.channel(`room:${n}`, {}));
    await Promise.all(channels.map(joined));
    expect(served.endpoint.connections).toBe(2);
    const seen = new Inbox<string>();
    channels.forEach((channel) => channel.on("news", ({ n }) => seen.put(`${channel.topic} ${n}`)));
    channels.forEach((channel, n) => served.endpoint.broadcast(channel.topic, "news", { n }));
    expect(await seen.take(40)).toEqual(channels.map((channel, n) => `${channel.topic} ${n}`));
    const replies = await Promise.all(channels.map((channel, n) => answered(channel.push("echo", { n }))));
    expect(replies.map(({ response }) => response)).toEqual(channels.map((_, n) => ({ n })));
    await answered((channels[0] as Channel).leave());
    expect(await answered((channels[1] as Channel).push("echo", { still: "here" }))).toMatchObject({ status: "ok" });
  });

  // phoenix.js 1.3 goes on with the new session over long polling, and never learns that its channels are gone.
  if (client.transport === "longpoll" && !client.noticesLostSession) return;
  it("reconnects when the server closes its connection by its id", async () => {
    const { served, socket } = await start();
    const channel = socket.channel("room:1", {});
    const joins = new Inbox<unknown>();
    channel.join().receive("ok", (response) => joins.put(response));
    await joins.next();
    const closes = new Inbox<number>();
    socket.onClose(({ code }) => closes.put(code));
    served.endpoint.broadcast("user_socket:ada", "disconnect", {});
    expect(await closes.next()).toBe(client.transport === "websocket" ? 1001 : 3410);
    await joins.next();
  });
}

/** What a client sees of WebSockets only. */
function overWebSocket(client: PhoenixClient, mounted: Mounted): void {
  it("is not upgraded when the page may not connect", async () => {
    const served = await serve(mounted(), { checkOrigin: () => false });
    const socket = client.socket(mount(served), {
      transport: class extends WebSocket {
        constructor(url: string) {
          super(url, { origin: "http://elsewhere.example" });
        }
      } as never,
    });
    const errors = new Inbox<unknown>();
    socket.onError((error) => void errors.put(error));
    await errors.next();
    expect(socket.isConnected()).toBe(false);
    expect(served.endpoint.connections).toBe(0);
  });

  it("keeps the connection with heartbeats", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), websocket: { timeout: 400 } } });
    const closes = observe("socket.closed");
    const socket = client.socket(mount(served), { heartbeatIntervalMs: 40 });
    const silent = client.socket(mount(served), { params: { name: "silent" }, heartbeatIntervalMs: 60_000 });
    await Promise.all([opened(socket), opened(silent)]);
    // A client that was away for a moment may take its own heartbeat for lost, and come again: that is not the server's doing.
    for (let close = await closes.next(); ; close = await closes.next()) {
      expect(close.code === 1002).toBe(close.id === "user_socket:silent");
      if (close.code === 1002) break;
    }
    silent.disconnect();
    while (!socket.isConnected()) await delay(10);
  });

  it("disconnects with 1000 and leaves nothing behind", async () => {
    const { served, socket, other } = await startWith(client, mounted);
    await Promise.all([joined(socket.channel("room:1", {})), joined(other.channel("room:1", {}))]);
    const closes = observe("socket.closed");
    socket.disconnect(undefined, 1000, "bye");
    other.disconnect(undefined, 1000, "bye");
    expect((await closes.take(2)).map(({ code, reason }) => `${code} ${reason}`)).toEqual(["1000 bye", "1000 bye"]);
    expect(served.endpoint.connections).toBe(0);
    expect(served.endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });
}

function overLongPoll(client: PhoenixClient, mounted: Mounted): void {
  it("leaves nothing behind when it disconnects: its session ends when it is not polled", async () => {
    const closes = observe("socket.closed");
    const served = await serve({ "/socket": { socket: userSocket(), longpoll: { window: 400 } } });
    const socket = client.socket(mount(served), { params: { name: "ada" } });
    await joined(socket.channel("room:1", {}));
    socket.disconnect(undefined, 1000, "bye");
    expect(await closes.next()).toMatchObject({ transport: "longpoll", code: 1002, id: "user_socket:ada" });
    expect(served.endpoint.connections).toBe(0);
    expect(served.endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });

  it("stays connected over several windows, without a heartbeat", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), longpoll: { window: 1_000 } } });
    const connections = observe("socket.connected");
    const socket = client.socket(mount(served), { heartbeatIntervalMs: 60_000 });
    const channel = socket.channel("room:1", {});
    await joined(channel);
    // Long enough for a session to end that is not polled.
    for (let n = 0; n < 6; n++) {
      expect(await answered(channel.push("echo", { n }))).toEqual({ status: "ok", response: { n } });
      await delay(400);
    }
    await connections.next();
    expect(connections.rest).toEqual([]);
  });

  it("sends many messages at once: they arrive in batches, in order, all of them", async () => {
    const { socket } = await startWith(client, mounted);
    const channel = socket.channel("room:1", {});
    await joined(channel);
    const count = 250;
    const replies = Array.from({ length: count }, (_, n) => answered(channel.push("echo", { n })));
    expect(await Promise.all(replies)).toEqual(
      Array.from({ length: count }, (_, n) => ({ status: "ok", response: { n } })),
    );
  });
}

/** On V2, a second object on a topic replaces the first. */
function secondObjectV2(client: PhoenixClient, mounted: Mounted): void {
  it("replaces its first channel when a second object joins the same topic", async () => {
    const { served, socket } = await startWith(client, mounted);
    const first = socket.channel("room:1", {});
    await joined(first);
    const second = socket.channel("room:1", { second: true });
    const secondAnswer = joined(second);
    expect(await secondAnswer).toMatchObject({ status: "ok", response: { params: { second: true } } });
    expect(served.endpoint.pubsub.size.topics).toBe(3);
    const news = nextOn(second, "news");
    served.endpoint.broadcast("room:1", "news", { n: 1 });
    expect(await news).toEqual({ n: 1 });
    expect(await answered(second.push("echo", { n: 2 }))).toEqual({ status: "ok", response: { n: 2 } });
  });
}

/** On V1, a client cannot tell them apart. */
function secondObjectV1(client: PhoenixClient, mounted: Mounted): void {
  it("closes both objects of a topic when the second joins: V1 cannot tell them apart", async () => {
    const { socket } = await startWith(client, mounted);
    const first = socket.channel("room:1", {});
    await joined(first);
    const closes = new Inbox<string>();
    first.onClose(() => closes.put("first"));
    const second = socket.channel("room:1", {});
    second.onClose(() => closes.put("second"));
    second.join();
    expect(await closes.take(2)).toEqual(["first", "second"]);
  });
}

/** `hasHistory`: the same with a history on every channel, of which these clients know nothing. */
export function officialSuite(clients: readonly PhoenixClient[], hasHistory = false): void {
  const mounted: Mounted = (ended) => ({ "/socket": { socket: userSocket(ended, hasHistory), longpoll: true } });
  describe.each(clients)("$name", (client: PhoenixClient) => {
    common(client, mounted);
    if (client.transport === "websocket") overWebSocket(client, mounted);
    else overLongPoll(client, mounted);
    if (client.version === 2) secondObjectV2(client, mounted);
    else secondObjectV1(client, mounted);
  });
}
