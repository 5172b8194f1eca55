/** Long polling and those who mean no good: each limit, and what is left behind when it is reached. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LongPollOptions } from "../../src/index.ts";
import { caughtUp, PollClient, send } from "./poll-client.ts";
import type { HttpAnswer } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const start = (longpoll: LongPollOptions = {}) => serve({ "/socket": { socket: userSocket(), longpoll } });
const heartbeat = (ref: string): string => JSON.stringify([null, ref, "phoenix", "heartbeat", {}]);
const heartbeats = (count: number): string[] => Array.from({ length: count }, (_, n) => heartbeat(`${n}`));

/** A TCP connection, and all that comes on it until it is closed. */
function tcp(port: number): { readonly socket: Socket; readonly everything: Promise<string> } {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  let text = "";
  socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  socket.on("error", () => {});
  return { socket, everything: once(socket, "close").then(() => text) };
}

/** The server's end of the next TCP connection to a server of this process. */
function nextAccepted(): Promise<Socket> {
  return new Promise((resolve) => {
    const accept = (message: unknown): void => {
      unsubscribe("net.server.socket", accept);
      resolve((message as { socket: Socket }).socket);
    };
    subscribe("net.server.socket", accept);
  });
}

/** The first token among the answers on a connection. */
function firstToken(socket: Socket): Promise<string> {
  let text = "";
  return new Promise((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
      const [, token] = /"token":"([^"]+)"/.exec(text) ?? [];
      if (token !== undefined) resolve(token);
    });
  });
}

const head = (url: string, length: number): string =>
  `POST ${url.slice(url.indexOf("/socket"))} HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${length}\r\n\r\n`;

describe("bodies", () => {
  it("of exactly the limit are taken, one byte more is 413, and the session lives", async () => {
    const { pollUrl } = await start({ maxBodySize: 1_000 });
    const refused = observe("longpoll.refused");
    const client = await PollClient.open(pollUrl());
    const fitting = `${heartbeat("1")}${" ".repeat(1_000 - heartbeat("1").length)}`;
    expect((await client.post(fitting)).body).toEqual({ status: 200 });
    expect(await client.post(`${fitting} `)).toMatchObject({ status: 413, body: { status: 413 } });
    expect(await refused.next()).toMatchObject({ path: "/socket", reason: "body too large", limit: 1_000 });
    expect(await client.next()).toMatchObject({ 1: "1" });
    await client.settled();
  });

  it("without a length are cut at the limit", async () => {
    const { pollUrl, port } = await start({ maxBodySize: 1_000 });
    const client = await PollClient.open(pollUrl());
    const { socket, everything } = tcp(port);
    const path = `${pollUrl()}&token=${client.token}`;
    socket.write(head(path, 0).replace("content-length: 0", "transfer-encoding: chunked"));
    const chunk = `400\r\n${"x".repeat(1024)}\r\n`;
    for (let n = 0; n < 3; n++) socket.write(chunk);
    await once(socket, "data");
    socket.write("0\r\n\r\n");
    expect(await everything).toMatch(/^HTTP\/1\.1 413 [^]*\{"status":413\}$/);
    await client.settled();
  });

  it("of one session have maxBodySize together until they are complete: 429, and the session lives", async () => {
    const { pollUrl, port } = await start({ maxBodySize: 100_000 });
    const refused = observe("longpoll.refused");
    const client = await PollClient.open(pollUrl());
    const url = pollUrl(undefined, { token: client.token });
    const posts = [1, 2, 3].map(() => tcp(port));
    for (const { socket } of posts) socket.write(`${head(url, 99_999)}${" ".repeat(60_000)}`);
    for (let n = 0; n < 2; n++) {
      expect(await refused.next()).toMatchObject({ reason: "too much waits", limit: 100_000 });
    }
    for (const { socket } of posts) socket.destroy();
    const body = `${heartbeat("1")}${" ".repeat(90_000)}`;
    await expect.poll(async () => (await send(url, { method: "POST", body })).body).toEqual({ status: 200 });
  });

  it("that come too slowly are given up: HTTP 408, and the connection is closed", async () => {
    const { pollUrl, port } = await start({ bodyTimeout: 150 });
    const refused = observe("longpoll.refused");
    const client = await PollClient.open(pollUrl());
    const { socket, everything } = tcp(port);
    socket.write(head(`${pollUrl()}&token=${client.token}`, 1_000));
    const drip = setInterval(() => socket.write(" "), 20);
    const answer = await everything;
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*\{"status":408\}$/);
    expect(await refused.next()).toMatchObject({ reason: "body too slow", limit: 150 });
    await client.settled();
  });

  it("are not read for a token that is none; a slow one is cut off all the same", async () => {
    const { pollUrl, port } = await start({ bodyTimeout: 150 });
    const { socket, everything } = tcp(port);
    socket.write(head(`${pollUrl()}&token=nobody`, 1_000_000));
    expect(await everything).toMatch(/^HTTP\/1\.1 200 [^]*\{"status":410\}$/);
    expect(socket.bytesWritten).toBeLessThan(200);
  });

  it("may break off when they are refused already", async () => {
    const { pollUrl, port } = await start({ maxBodySize: 1_000 });
    const client = await PollClient.open(pollUrl());
    for (const token of ["nobody", client.token]) {
      const { socket, everything } = tcp(port);
      socket.write(head(`${pollUrl()}&token=${token}`, 100_000) + "x".repeat(5_000));
      await once(socket, "data");
      socket.resetAndDestroy();
      await everything;
    }
    await client.settled();
  });

  it("may break off: the session lives, and nothing of them was taken", async () => {
    const served = await start();
    const client = await PollClient.open(served.pollUrl());
    const { socket, everything } = tcp(served.port);
    socket.write(head(`${served.pollUrl()}&token=${client.token}`, 1_000) + heartbeat("half"));
    await caughtUp(served);
    socket.destroy();
    await everything;
    client.send(null, "whole", "phoenix", "heartbeat", {});
    expect(await client.next()).toMatchObject({ 1: "whole" });
  });

  it("that are not UTF-8 are 400, and the session lives", async () => {
    const { pollUrl } = await start();
    const client = await PollClient.open(pollUrl());
    expect(await client.post(Buffer.from([0x5b, 0xff, 0x5d]))).toMatchObject({ status: 400, body: { status: 400 } });
    await client.settled();
  });

  it.each([
    ["nothing", ""],
    ["not JSON", "garbage"],
    ["half of JSON", '["1","1","room:1"'],
    ["another JSON", '{"a":1}'],
    ["a number", "1"],
    ["very deep", "[".repeat(100_000)],
  ])("of %s end their session only", async (_, body) => {
    const { pollUrl, endpoint } = await start();
    const [bad, good] = [await PollClient.open(pollUrl(), { polls: false }), await PollClient.open(pollUrl())];
    expect((await bad.post(body)).body).toEqual({ status: 408 });
    expect((await bad.post(heartbeat("1"))).body).toEqual({ status: 410 });
    await good.settled();
    expect(endpoint.connections).toBe(1);
  });
});

describe("headers", () => {
  it("beyond what Node takes are refused by it, and cost nobody else anything", async () => {
    const { pollUrl, endpoint } = await start();
    const client = await PollClient.open(pollUrl());
    const bomb = { "x-phoenix-longpoll-token": "x".repeat(40_000) };
    expect(await send(pollUrl(), { headers: bomb })).toMatchObject({ status: 431 });
    expect((await send(pollUrl(), { headers: { "x-phoenix-longpoll-token": "x".repeat(10_000) } })).status).toBe(200);
    expect(endpoint.connections).toBe(2);
    await client.settled();
  });
});

describe("answers", () => {
  it("that are not read are given up: the connection is closed", async () => {
    const { endpoint, pollUrl, port } = await start({ bodyTimeout: 200, maxBufferedBytes: 30_000_000 });
    const client = await PollClient.open(pollUrl(), { polls: false });
    await client.postLines('["1","1","room:1","phx_join",{}]');
    const size = 20_000_000;
    endpoint.broadcast("room:1", "news", { text: "x".repeat(size) });
    const accepted = nextAccepted();
    const { socket, everything } = tcp(port);
    socket.pause();
    const path = `${pollUrl()}&token=${client.token}`;
    socket.write(`GET ${path.slice(path.indexOf("/socket"))} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    await once(await accepted, "close");
    socket.resume();
    const answer = await everything;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.length).toBeLessThan(size);
    await client.postLines(heartbeat("1"));
    expect((await client.get()).body.messages).toHaveLength(1);
  });
});

describe("batches", () => {
  it("of 100 are taken, of 101 refused whole: 413, and the session lives", async () => {
    const { pollUrl } = await start();
    const refused = observe("longpoll.refused");
    const client = await PollClient.open(pollUrl());
    expect((await client.postLines(...heartbeats(100))).body).toEqual({ status: 200 });
    expect(await client.inbox.take(100)).toHaveLength(100);
    expect(await client.postLines(...heartbeats(101))).toMatchObject({ status: 413, body: { status: 413 } });
    expect(await refused.next()).toMatchObject({ reason: "batch too large", limit: 100 });
    client.send(null, "next", "phoenix", "heartbeat", {});
    expect(await client.next()).toMatchObject({ 1: "next" });
  });

  it("behind a busy session are refused when more waits than one body may have", async () => {
    const served = await start({ maxBufferedBytes: 2_000, maxBodySize: 10_000 });
    const refused = observe("longpoll.refused");
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    const pad = "x".repeat(900);
    const echo = (ref: number): string => JSON.stringify(["1", `${ref}`, "room:1", "echo", { pad }]);
    await client.postLines('["1","1","room:1","phx_join",{}]', echo(2));
    // Half of the buffer limit waits for a poll: what comes now is not read before there is one.
    const waiting = client.postLines(...Array.from({ length: 6 }, (_, n) => echo(n + 3)));
    await caughtUp(served);
    expect((await client.postLines(...Array.from({ length: 6 }, (_, n) => echo(n + 20)))).body).toEqual({
      status: 429,
    });
    expect(await refused.next()).toMatchObject({ reason: "too much waits", limit: 10_000 });
    let messages = 0;
    while (messages < 8) messages += (await client.get()).body.messages.length;
    expect((await waiting).body).toEqual({ status: 200 });
  });
});

describe("a client that does not poll", () => {
  it("loses its session when more than the buffer limit waits for it", async () => {
    const { endpoint, pollUrl } = await start({ maxBufferedBytes: 50_000 });
    const [slow, closes] = [observe("socket.slow_consumer"), observe("socket.closed")];
    const [away, here] = [await PollClient.open(pollUrl(), { polls: false }), await PollClient.open(pollUrl())];
    await away.postLines('["1","1","room:1","phx_join",{}]');
    await here.join("room:1");
    const text = "x".repeat(5_000);
    for (let n = 0; n < 20; n++) {
      endpoint.broadcast("room:1", "news", { n, text });
      expect(await here.next()).toMatchObject({ 4: { n } });
    }
    expect(await slow.next()).toMatchObject({ transport: "longpoll", limit: 50_000 });
    expect(await closes.next()).toMatchObject({ code: 1013 });
    expect((await away.get()).body.status).toBe(410);
    await here.settled();
  });

  it("is read no more at half of that limit, and gets all its answers once it polls", async () => {
    const { pollUrl, endpoint } = await start({ maxBufferedBytes: 50_000 });
    const client = await PollClient.open(pollUrl(), { polls: false });
    const pad = "x".repeat(5_000);
    const echoes = Array.from({ length: 60 }, (_, n) => JSON.stringify(["1", `${n}`, "room:1", "echo", { pad }]));
    const post = client.postLines('["1","1","room:1","phx_join",{}]', ...echoes);
    let messages = 0;
    while (messages < 61) messages += (await client.get()).body.messages.length;
    expect((await post).body).toEqual({ status: 200 });
    expect(endpoint.connections).toBe(1);
  });
});

describe("tokens", () => {
  it("cannot be made up, changed, or taken from another endpoint", async () => {
    const [mine, other] = [await start(), await start()];
    const [client, stranger] = [await PollClient.open(mine.pollUrl()), await PollClient.open(other.pollUrl())];
    const [algorithm, content, signature] = client.token.split(".") as [string, string, string];
    const changed = `${algorithm}.${content.slice(0, -2)}AA.${signature}`;
    const tokens = ["x", "", changed, `${algorithm}.${content}`, `${algorithm}.${content}.`, stranger.token];
    for (const token of tokens) {
      const url = `${mine.pollUrl()}&token=${token}`;
      expect((await send(url, { method: "POST", body: heartbeat("1") })).body).toEqual({ status: 410 });
      const { body } = await send(url);
      expect(body.status).toBe(410);
      // Nobody can choose the token of a session: that would be the beginning of sharing it.
      expect(body.token).not.toBe(token);
    }
    await client.settled();
  });

  it("of a session that has ended do not bring it back", async () => {
    const { pollUrl, endpoint } = await start();
    const client = await PollClient.open(pollUrl(undefined, { name: "ada" }), { polls: false });
    endpoint.broadcast("user_socket:ada", "disconnect", {});
    const { body } = await client.get();
    expect(body.status).toBe(410);
    expect(body.token).not.toBe(client.token);
  });

  it("given several times in one query are none", async () => {
    const { pollUrl } = await start();
    const client = await PollClient.open(pollUrl());
    const url = `${pollUrl()}&token[]=${client.token}`;
    expect((await send(url, { method: "POST", body: heartbeat("1") })).body).toEqual({ status: 410 });
  });
});

describe("polls", () => {
  it("at once on one session: the last one gets the messages, the others end with their window", async () => {
    const served = await start({ window: 1_000 });
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    await client.postLines('["1","1","room:1","phx_join",{}]');
    await client.get();
    const polls: Promise<HttpAnswer>[] = [];
    for (let n = 0; n < 3; n++) {
      polls.push(client.get());
      await caughtUp(served);
    }
    served.endpoint.broadcast("room:1", "news", {});
    const answers = await Promise.all(polls);
    expect(answers.map(({ body }) => body.status)).toEqual([204, 204, 200]);
    const all = await Promise.all([client.get(), client.get()]);
    expect(all.map(({ body }) => body.status)).toEqual([204, 204]);
  });

  it("by the thousand, given up at once, leave nothing behind after a window and a half", async () => {
    const served = await start({ window: 1_000 });
    const { pollUrl, endpoint, port } = served;
    const [connects, closes] = [observe("socket.connected"), observe("socket.closed")];
    const opening = pollUrl().slice(pollUrl().indexOf("/socket"));
    const get = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
    const sessions = 10_000;
    const clients = Array.from({ length: 200 }, () => tcp(port));
    const polls = clients.map(async ({ socket }) => {
      const token = firstToken(socket);
      socket.write(get(opening).repeat(sessions / clients.length));
      // At once: HTTP connections that rest for some seconds are closed.
      socket.write(get(`${opening}&token=${await token}`));
    });
    await Promise.all([connects.take(sessions), ...polls]);
    await caughtUp(served);
    for (const { socket } of clients) socket.destroy();
    await closes.take(sessions);
    while (endpoint.connections > 0) await delay(10);
    expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });
});
