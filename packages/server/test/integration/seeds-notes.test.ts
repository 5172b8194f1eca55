/** Seed 1, line by line, with the present official client. The ids are those of conformance/seed-checks.md. */
import type { Channel, Socket } from "phoenix";
import { Socket as PhoenixSocket } from "phoenix";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { WebSocket } from "ws";
import { FrameClient, refusal } from "./frame-client.ts";
import { Inbox } from "./inbox.ts";
import { answered, current, currentLongPoll, joined, nextOn, opened } from "./phoenix-clients.ts";
import { chatSocket } from "./seeds-chat.ts";
import { serve } from "./serve.ts";
import type { Served } from "./serve.ts";
import { observe } from "./telemetry.ts";

const start = (ended?: (line: string) => void): Promise<Served> =>
  serve({ "/socket": { socket: chatSocket(ended), longpoll: true } });

describe.each([current, currentLongPoll])("$name", (client) => {
  const connect = (served: Served, token = "token-ada", options: object = {}): Socket =>
    client.socket(`ws://127.0.0.1:${served.port}/socket`, { params: { token }, ...options });

  const inLobby = async (served: Served, token?: string): Promise<Channel> => {
    const channel = connect(served, token).channel("chat:lobby", {});
    await joined(channel);
    return channel;
  };

  describe("connection", () => {
    it("S1-01 one connection lasts and carries messages both ways", async () => {
      const served = await start();
      const channel = await inLobby(served);
      for (let n = 0; n < 5; n++) {
        const back = nextOn(channel, "plain");
        channel.push("to_me", { n });
        expect(await back).toEqual({ n });
        channel.off("plain");
      }
      expect(served.endpoint.connections).toBe(1);
    });

    it("S1-02 the handshake works on the mount; other paths are 404", async () => {
      const { url } = await start();
      await FrameClient.open(url(undefined, { token: "token-ada" }));
      expect((await refusal(url("/other/websocket"))).status).toBe(404);
    });

    it("S1-03 the official client appends /websocket and vsn to the mount's URL", async () => {
      const served = await start();
      const socket = connect(served);
      await opened(socket);
      expect(socket.endPointURL()).toBe(`ws://127.0.0.1:${served.port}/socket/websocket?token=token-ada&vsn=2.0.0`);
    });

    it("S1-04 a crash on one connection does not touch another", async () => {
      const served = await start();
      const [ada, bob] = [await inLobby(served), await inLobby(served, "token-bob")];
      const crashed = new Promise<unknown>((resolve) => ada.onError(resolve));
      ada.push("crash", {});
      await crashed;
      expect(await answered(bob.push("who", {}))).toEqual({ status: "ok", response: { user: { name: "bob" } } });
    });

    it("S1-05 S1-06 S1-08 connect accepts and assigns; every channel of the socket sees it", async () => {
      const socket = connect(await start());
      for (const topic of ["chat:lobby", "chat:side"]) {
        const channel = socket.channel(topic, {});
        await joined(channel);
        expect(await answered(channel.push("who", {}))).toEqual({ status: "ok", response: { user: { name: "ada" } } });
      }
    });

    it("S1-07 a socket whose id is null cannot be told to disconnect", async () => {
      const served = await start();
      const channel = await inLobby(served);
      for (const id of ["null", "undefined", ""]) served.endpoint.broadcast(id, "disconnect", {});
      expect(await answered(channel.push("who", {}))).toMatchObject({ status: "ok" });
      expect(served.endpoint.connections).toBe(1);
    });

    it("S1-09 S1-16 S1-17 a refused connection is a 403; the client sees error and close, and tries again", async () => {
      const served = await start();
      const refused = observe("socket.refused");
      const events = new Inbox<string>();
      const socket = connect(served, "nobody");
      socket.onError(() => events.put("error"));
      socket.onClose(() => events.put("close"));
      expect(await events.take(2)).toEqual(["error", "close"]);
      expect((await refused.take(2)).map(({ status }) => status)).toEqual([403, 403]);
      expect(served.endpoint.connections).toBe(0);
    });

    it("S1-10 a missing token is refused", async () => {
      const { url } = await start();
      expect((await refusal(url())).status).toBe(403);
    });

    it("S1-11 the token of the client's params is really read", async () => {
      const served = await start();
      for (const [token, name] of [
        ["token-ada", "ada"],
        ["token-bob", "bob"],
      ] as const) {
        const channel = await inLobby(served, token);
        expect(await answered(channel.push("who", {}))).toMatchObject({ response: { user: { name } } });
      }
    });

    it("S1-12 S1-13 the client is an ES import; a relative URL takes host and protocol from the page", async () => {
      const page = (protocol: string): string => {
        vi.stubGlobal("location", { protocol, host: "chat.example" });
        onTestFinished(() => void vi.unstubAllGlobals());
        return new PhoenixSocket("/socket", { transport: WebSocket as never }).endPointURL();
      };
      expect(page("http:")).toBe("ws://chat.example/socket/websocket?vsn=2.0.0");
      expect(page("https:")).toBe("wss://chat.example/socket/websocket?vsn=2.0.0");
    });

    it("S1-14 the client's logger hears of transport, push and receive", async () => {
      const kinds = new Set<string>();
      const socket = connect(await start(), "token-ada", { logger: (kind: string) => kinds.add(kind) });
      await joined(socket.channel("chat:lobby", {}));
      expect([...kinds].sort()).toEqual(["push", "receive", "transport"]);
    });

    it("S1-15 params go along at every connection, as an object or from a function", async () => {
      const served = await start();
      const connections = observe("socket.connected");
      connect(served, "", { params: { token: "token-ada", extra: "1" } });
      connect(served, "", { params: () => ({ token: "token-bob", extra: "2" }) });
      const params = (await connections.take(2)).map((connection) => connection.params as { extra: string });
      expect(params.map(({ extra }) => extra).sort()).toEqual(["1", "2"]);
    });

    it("S1-17 onClose is called when the server stops", async () => {
      const served = await start();
      const socket = connect(served);
      await opened(socket);
      const closed = new Promise<unknown>((resolve) => socket.onClose(resolve));
      await served.endpoint.close();
      expect(await closed).toMatchObject({ code: client.transport === "websocket" ? 1012 : 1011 });
    });

    it("S1-18 nothing is sent before connect, and a second connect does nothing", async () => {
      const served = await start();
      const url = `ws://127.0.0.1:${served.port}/socket`;
      const socket = new PhoenixSocket(url, { transport: WebSocket as never, params: { token: "token-ada" } });
      onTestFinished(() => socket.disconnect());
      const answer = joined(socket.channel("chat:lobby", {}));
      expect(served.endpoint.connections).toBe(0);
      socket.connect();
      socket.connect();
      expect(await answer).toMatchObject({ status: "ok" });
      expect(served.endpoint.connections).toBe(1);
    });

    it("S1-20 an exception in a handler ends that channel only", async () => {
      const socket = connect(await start());
      const [lobby, side] = [socket.channel("chat:lobby", {}), socket.channel("chat:side", {})];
      await Promise.all([joined(lobby), joined(side)]);
      const crashed = new Promise<unknown>((resolve) => lobby.onError(resolve));
      lobby.push("crash", {});
      expect(await crashed).toEqual({ reason: "channel_crash" });
      expect(await answered(side.push("who", {}))).toMatchObject({ status: "ok" });
    });
  });

  describe("channels", () => {
    it("S1-21 many topics share one connection, and messages go by topic", async () => {
      const served = await start();
      const socket = connect(served);
      const seen = new Inbox<string>();
      for (const topic of ["chat:lobby", "chat:side"]) {
        const channel = socket.channel(topic, {});
        channel.on("plain", () => seen.put(topic));
        await joined(channel);
      }
      served.endpoint.broadcast("chat:side", "plain", {});
      served.endpoint.broadcast("chat:lobby", "plain", {});
      expect(await seen.take(2)).toEqual(["chat:side", "chat:lobby"]);
      expect(served.endpoint.connections).toBe(1);
    });

    it("S1-22 chat:* takes topics with that prefix; others are unmatched", async () => {
      const socket = connect(await start());
      expect(await joined(socket.channel("chat:side", {}))).toMatchObject({ status: "ok" });
      for (const topic of ["chat", "other:lobby"]) {
        expect(await joined(socket.channel(topic, {}))).toEqual({
          status: "error",
          response: { reason: "unmatched topic" },
        });
      }
    });

    it("S1-23 S1-26 S1-27 S1-30 S1-32 join, handleIn, handleOut and terminate do their part", async () => {
      const ended = new Inbox<string>();
      const served = await start((line) => ended.put(line));
      const side = connect(served).channel("chat:side", {});
      expect(await joined(side)).toEqual({ status: "ok", response: {} });
      const [ada, bob] = [await inLobby(served), await inLobby(served, "token-bob")];
      const [atAda, atBob] = [nextOn(ada, "new_msg"), nextOn(bob, "new_msg")];
      const push = ada.push("new_msg", { body: "hi" }, 50);
      expect(await atAda).toEqual({ body: "hi", from: "ada", mine: true });
      expect(await atBob).toEqual({ body: "hi", from: "ada", mine: false });
      expect((await answered(push)).status).toBe("timeout");
      expect(await joined(connect(served).channel("chat:lobby", {}))).toEqual({
        status: "ok",
        response: { messages: [{ body: "hi", from: "ada" }] },
      });
      ada.leave();
      expect(await ended.next()).toBe("ada chat:lobby left");
    });

    it("S1-24 S1-25 a channel object is not joined by itself; receive may come late, a second join throws", async () => {
      const served = await start();
      const channel = connect(served).channel("chat:lobby", {});
      expect(channel.state).toBe("closed");
      const push = channel.join();
      await answered(push);
      expect(await answered(push)).toMatchObject({ status: "ok" });
      expect(() => channel.join()).toThrow("tried to join multiple times");
    });

    it("S1-28 a refused join gets the reason, and nothing of the topic", async () => {
      const served = await start();
      const channel = connect(served).channel("chat:secret", {});
      const answer = joined(channel);
      const messages: unknown[] = [];
      channel.on("plain", (message) => void messages.push(message));
      expect(await answer).toEqual({ status: "error", response: { reason: "You don't have permission!" } });
      expect(served.endpoint.pubsub.size.topics).toBe(0);
      served.endpoint.broadcast("chat:secret", "plain", {});
      await joined(connect(served).channel("chat:side", {}));
      expect(messages).toEqual([]);
    });

    it("S1-29 a join that no clause takes is answered with join crashed, and the socket survives", async () => {
      const socket = connect(await start());
      expect(await joined(socket.channel("chat:other", {}))).toEqual({
        status: "error",
        response: { reason: "join crashed" },
      });
      expect(await joined(socket.channel("chat:lobby", {}))).toMatchObject({ status: "ok" });
    });

    it("S1-31 pushes wait for the join; an event that is misspelt is answered with an error, and the channel lives", async () => {
      const channel = connect(await start()).channel("chat:lobby", {});
      channel.join();
      const got = nextOn(channel, "new_msg");
      channel.push("new_msg", { body: "early" });
      expect(await got).toMatchObject({ body: "early" });
      expect(await answered(channel.push("mew_msg", { body: "typo" }))).toEqual({
        status: "error",
        response: { reason: "unknown event" },
      });
      expect(await answered(channel.push("who", {}))).toMatchObject({ status: "ok" });
    });

    it("S1-33 the endpoint broadcasts from outside of any channel", async () => {
      const served = await start();
      const channel = await inLobby(served);
      const got = nextOn(channel, "new_msg");
      served.endpoint.broadcast("chat:lobby", "new_msg", { body: "news", from: "system" });
      expect(await got).toEqual({ body: "news", from: "system", mine: false });
    });

    it("S1-34 several handlers of one event, each taken off by its ref", async () => {
      const served = await start();
      const channel = await inLobby(served);
      const seen = new Inbox<string>();
      const first = channel.on("plain", () => void seen.put("first"));
      channel.on("plain", () => void seen.put("second"));
      served.endpoint.broadcast("chat:lobby", "plain", {});
      expect(await seen.take(2)).toEqual(["first", "second"]);
      channel.off("plain", first);
      served.endpoint.broadcast("chat:lobby", "plain", {});
      expect(await seen.next()).toBe("second");
    });

    it.each([
      ["S1-35 broadcast reaches everybody, the sender included", "plain", ["ada", "bob", "carol"]],
      ["S1-36 broadcastFrom reaches all others", "to_others", ["bob", "carol"]],
      ["S1-37 push reaches this client only", "to_me", ["ada"]],
    ])("%s", async (_, event, receivers) => {
      const served = await start();
      const seen: string[] = [];
      const channels = [];
      for (const [name, token] of [
        ["ada", "token-ada"],
        ["bob", "token-bob"],
        ["carol", "token-bob"],
      ] as const) {
        const channel = await inLobby(served, token);
        channel.on("plain", () => void seen.push(name));
        channels.push(channel);
      }
      channels[0]?.push(event, {});
      // Replies come after what the handler before them has sent.
      for (const channel of channels) await answered(channel.push("who", {}));
      await Promise.all(channels.map((channel) => answered(channel.push("who", {}))));
      expect(seen.sort()).toEqual(receivers);
    });

    it("S1-38 handleOut runs once per subscriber and may drop the event; other events bypass it", async () => {
      const served = await start();
      const [ada, bob] = [await inLobby(served), await inLobby(served, "token-bob")];
      const seen: unknown[] = [];
      for (const channel of [ada, bob])
        for (const event of ["new_msg", "hush", "plain"]) channel.on(event, () => void seen.push(event));
      served.endpoint.broadcast("chat:lobby", "hush", {});
      served.endpoint.broadcast("chat:lobby", "new_msg", { body: "x", from: "ada" });
      served.endpoint.broadcast("chat:lobby", "plain", {});
      for (const channel of [ada, bob]) await answered(channel.push("who", {}));
      expect(seen.sort()).toEqual(["new_msg", "new_msg", "plain", "plain"]);
    });

    it("S1-39 terminate is told left, closed or crashed, once each", async () => {
      const ended = new Inbox<string>();
      const served = await start((line) => ended.put(line));
      (await inLobby(served)).leave();
      expect(await ended.next()).toBe("ada chat:lobby left");
      const client = await FrameClient.open(served.url(undefined, { token: "token-bob" }));
      await client.join("chat:lobby");
      client.socket.terminate();
      expect(await ended.next()).toBe("bob chat:lobby closed");
      const crasher = await FrameClient.open(served.url(undefined, { token: "token-bob" }));
      await crasher.join("chat:side");
      crasher.send("1", "2", "chat:side", "crash", {});
      expect(await ended.next()).toBe("bob chat:side crashed");
      await served.endpoint.close();
      expect(ended.rest).toEqual([]);
    });
  });
});
