/** Long-poll sessions: how they begin, what they carry, how they end. */
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { ConnectInfo, LongPollOptions } from "../../src/index.ts";
import { binarySocket } from "./bytes.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { gate, Inbox } from "./inbox.ts";
import { caughtUp, PollClient, send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const withLongPoll = (longpoll: true | LongPollOptions = true) => ({ "/socket": { socket: userSocket(), longpoll } });
const heartbeat = (ref: string): string => JSON.stringify([null, ref, "phoenix", "heartbeat", {}]);
const join = '["1","1","room:1","phx_join",{}]';
const echo = (ref: string, payload: object = {}): string => JSON.stringify(["1", ref, "room:1", "echo", payload]);

describe("mounts", () => {
  it("have no long polling unless it is switched on", async () => {
    const { pollUrl } = await serve({ "/socket": userSocket() });
    expect(await send(pollUrl())).toMatchObject({ status: 404 });
  });

  it("may have long polling only, on a path of their own with variables", async () => {
    const socket = defineSocket({
      connect: (params) => ok({ name: String(params["user"]) }),
      channels: [
        defineChannel("me")
          .assigns<{ name: string }>()
          .join((ctx) => ok({ name: ctx.assigns.name })),
      ],
    });
    const { url, pollUrl } = await serve({ "/socket": { socket, websocket: false, longpoll: { path: "/lp/:user" } } });
    const client = await PollClient.open(pollUrl("/socket/lp/ada", { user: "mallory" }));
    expect(await client.join("me")).toEqual({ status: "ok", response: { name: "ada" } });
    expect(await refusal(url())).toMatchObject({ status: 404 });
    expect(await refusal(url("/socket/lp/ada"))).toMatchObject({ status: 400 });
  });

  it("share topics with WebSockets", async () => {
    const { url, pollUrl } = await serve(withLongPoll());
    const [polling, framing] = [await PollClient.open(pollUrl()), await FrameClient.open(url())];
    await Promise.all([polling.join("room:1"), framing.join("room:1")]);
    framing.send("1", "2", "room:1", "shout", { text: "ü 🎉" });
    expect(await polling.next()).toEqual([null, null, "room:1", "shouted", { text: "ü 🎉" }]);
    await framing.next();
    polling.send("1", "2", "room:1", "others", { n: 2 });
    expect(await framing.next()).toEqual([null, null, "room:1", "shouted", { n: 2 }]);
  });
});

describe("connect", () => {
  it("sees nothing of wingbeat=1", async () => {
    const seen = new Inbox<object>();
    const connect = (params: object) => (seen.put({ ...params }), ok());
    const socket = defineSocket({ connect, channels: [] });
    const { pollUrl } = await serve({ "/socket": { socket, longpoll: true } });
    await PollClient.open(pollUrl(undefined, { a: "1", wingbeat: "1" }));
    expect(await seen.next()).toEqual({ a: "1", vsn: "2.0.0" });
  });

  it("sees the transport, the auth token, and where the request came from, also when that connection is closed", async () => {
    const infos = new Inbox<ConnectInfo>();
    const socket = defineSocket({
      connect: (_params, info) => {
        infos.put(info);
        return ok();
      },
      channels: [defineChannel("t").join((ctx) => ok({ transport: ctx.transport }))],
    });
    const { pollUrl } = await serve({ "/socket": { socket, longpoll: true, authToken: true } });
    const headers = { "x-phoenix-authtoken": "s3cret", "user-agent": "test/1" };
    const { body } = await send(pollUrl(), { headers });
    const info = await infos.next();
    expect(info).toMatchObject({ transport: "longpoll", authToken: "s3cret", userAgent: "test/1" });
    expect(info.peer).toMatchObject({ address: "127.0.0.1", port: expect.any(Number) as number });
    expect(info.uri).toMatchObject({ path: "/socket/longpoll", query: "vsn=2.0.0" });
    const url = `${pollUrl()}&token=${body.token}`;
    await send(url, { method: "POST", body: '["1","1","t","phx_join",{}]' });
    const { messages } = (await send(url)).body;
    expect(JSON.parse(messages[0] ?? "")).toMatchObject({ 4: { response: { transport: "longpoll" } } });
  });

  it("has no auth token where the mount reads none", async () => {
    const infos = new Inbox<ConnectInfo>();
    const socket = defineSocket({
      connect: (_params, info) => {
        infos.put(info);
        return ok();
      },
      channels: [defineChannel("t").join(() => ok())],
    });
    const { pollUrl } = await serve({ "/socket": { socket, longpoll: true } });
    await send(pollUrl(), { headers: { "x-phoenix-authtoken": "s3cret" } });
    expect((await infos.next()).authToken).toBeUndefined();
  });

  it("that refuses later answers 403 in the body, and no session is there", async () => {
    const socket = defineSocket({
      connect: async () => {
        await delay(5);
        return refuse("rate_limit");
      },
      channels: [defineChannel("t").join(() => ok())],
    });
    const { pollUrl, endpoint } = await serve({ "/socket": { socket, longpoll: true } });
    const refused = observe("socket.refused");
    expect(await send(pollUrl())).toMatchObject({ status: 200, body: { status: 403 } });
    expect(await refused.next()).toMatchObject({ transport: "longpoll", stage: "connect", reason: "rate_limit" });
    expect(endpoint.connections).toBe(0);
  });

  it("that throws answers HTTP 500 with a status that makes clients come again", async () => {
    const socket = defineSocket({
      connect: () => {
        throw new Error("database is away");
      },
      channels: [defineChannel("t").join(() => ok())],
    });
    const { pollUrl } = await serve({ "/socket": { socket, longpoll: true } });
    expect(await send(pollUrl())).toMatchObject({ status: 500, body: { status: 500 } });
  });

  it("makes no session for a client that has gone meanwhile", async () => {
    const { passed, open } = gate();
    const entered = gate();
    const socket = defineSocket({
      connect: async () => {
        entered.open();
        await passed;
        return ok();
      },
      channels: [defineChannel("t").join(() => ok())],
    });
    const served = await serve({ "/socket": { socket, longpoll: true } });
    const abort = new AbortController();
    const answer = send(served.pollUrl(), { signal: abort.signal });
    await entered.passed;
    abort.abort();
    await expect(answer).rejects.toThrow("aborted");
    await caughtUp(served);
    open();
    await caughtUp(served);
    expect(served.endpoint.connections).toBe(0);
  });
});

describe("a poll", () => {
  it("that its client gave up loses nothing: the next one gets the messages", async () => {
    const served = await serve(withLongPoll());
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    await client.postLines(join);
    await client.get();
    const abort = new AbortController();
    const given = client.get({ signal: abort.signal });
    await caughtUp(served);
    abort.abort();
    await expect(given).rejects.toThrow("aborted");
    await caughtUp(served);
    served.endpoint.broadcast("room:1", "news", { n: 1 });
    expect((await client.get()).body.messages).toEqual(['[null,null,"room:1","news",{"n":1}]']);
  });

  it("brings all that was sent in one turn", async () => {
    const served = await serve(withLongPoll());
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    await client.postLines(join);
    await client.get();
    const poll = client.get();
    await caughtUp(served);
    for (let n = 0; n < 50; n++) served.endpoint.broadcast("room:1", "news", { n });
    expect((await poll).body.messages).toHaveLength(50);
  });

  it("may come with the token in a header, which wins over the query", async () => {
    const { pollUrl } = await serve(withLongPoll());
    const [mine, other] = [await PollClient.open(pollUrl(), { polls: false }), await PollClient.open(pollUrl())];
    await mine.postLines(heartbeat("mine"));
    const answer = await send(`${pollUrl()}&token=${other.token}`, {
      headers: { "x-phoenix-longpoll-token": mine.token },
    });
    expect(answer.body).toMatchObject({ status: 200, token: mine.token, messages: [expect.stringContaining("mine")] });
  });
});

describe("bytes", () => {
  it.each([
    ["UTF-8, which come as text", [0, 65, 127]],
    ["no UTF-8, which come as base64", [255, 0, 254]],
  ])("both ways: %s", async (_, list) => {
    const { pollUrl } = await serve({ "/socket": { socket: binarySocket, longpoll: true } });
    const client = await PollClient.open(pollUrl());
    await client.join("bytes");
    const payload = Buffer.from(list);
    const push = Buffer.concat([Buffer.from("\0\x01\x01\x05\x0512bytesbytes"), payload]);
    await client.postLines(push.toString("base64"));
    const frames = (await client.inbox.take(3)) as Buffer[];
    expect(frames.map((frame) => frame[0])).toEqual([0, 2, 1]);
    for (const frame of frames) expect(Buffer.compare(frame.subarray(-payload.length), payload)).toBe(0);
  });
});

describe("a busy channel", () => {
  const slowSocket = (passed: Promise<void>, maxMailboxMessages: number) =>
    defineSocket({
      connect: () => ok(),
      channels: [
        defineChannel("slow")
          .join(() => ok())
          .handleIn("work", async (_ctx, payload) => {
            await passed;
            return ok(payload);
          }),
      ],
      maxMailboxMessages,
    });
  const work = (n: number): string => JSON.stringify(["1", `${n}`, "slow", "work", { n }]);
  const works = (count: number): string[] => Array.from({ length: count }, (_, n) => work(n));

  it("keeps the POST waiting that filled its mailbox; nothing is lost", async () => {
    const { passed, open } = gate();
    const served = await serve({ "/socket": { socket: slowSocket(passed, 10), longpoll: true } });
    const paused = observe("socket.paused");
    const client = await PollClient.open(served.pollUrl());
    await client.join("slow");
    const answers: number[] = [];
    const posts = [client.postLines(...works(50)), client.postLines(work(50))].map(async (post) =>
      answers.push((await post).body.status),
    );
    expect(await paused.next()).toMatchObject({ topic: "slow", transport: "longpoll" });
    await caughtUp(served);
    expect(answers).toEqual([]);
    open();
    await Promise.all(posts);
    expect(answers).toEqual([200, 200]);
    const frames = (await client.inbox.take(51)) as unknown[][];
    expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: 51 }, (_, n) => `${n}`));
  });

  it("makes the POST 408 after a window; the session lives", async () => {
    const { passed, open } = gate();
    const { pollUrl } = await serve({ "/socket": { socket: slowSocket(passed, 2), longpoll: { window: 1_000 } } });
    const client = await PollClient.open(pollUrl());
    await client.join("slow");
    expect((await client.postLines(...works(10))).body).toEqual({ status: 408 });
    open();
    const frames = (await client.inbox.take(10)) as unknown[][];
    expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
  });
});

describe("a session ends", () => {
  it("when its id is disconnected: the poll that waits is answered at once, the next request finds it gone", async () => {
    const served = await serve(withLongPoll());
    const { endpoint, pollUrl } = served;
    const [closes, terminated] = [observe("socket.closed"), observe("channel.terminated")];
    const client = await PollClient.open(pollUrl(undefined, { name: "ada" }), { polls: false });
    await client.postLines(join);
    await client.get();
    const poll = client.get();
    await caughtUp(served);
    endpoint.broadcast("user_socket:ada", "disconnect", {});
    expect((await poll).body).toMatchObject({ status: 204, messages: [] });
    expect(await closes.next()).toMatchObject({ transport: "longpoll", code: 1001, id: "user_socket:ada" });
    expect(await terminated.next()).toMatchObject({ topic: "room:1", reason: "disconnected" });
    expect((await client.postLines(heartbeat("1"))).body).toEqual({ status: 410 });
    expect((await client.get()).body).toMatchObject({ status: 410, messages: [] });
    expect(endpoint.connections).toBe(1);
  });

  it("when the endpoint closes: polls are answered, and those that come meanwhile are told to come again", async () => {
    const served = await serve(withLongPoll());
    const { endpoint } = served;
    const closes = observe("socket.closed");
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    const poll = client.get();
    await caughtUp(served);
    const closed = endpoint.close();
    expect((await poll).body.status).toBe(204);
    expect(await closes.next()).toMatchObject({ code: 1012, reason: "server is restarting" });
    await closed;
    expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });

  it("when nobody polls for one and a half windows; POSTs do not count", async () => {
    const { endpoint, pollUrl } = await serve(withLongPoll({ window: 200 }));
    const closes = observe("socket.closed");
    const client = await PollClient.open(pollUrl(), { polls: false });
    const startedAt = performance.now();
    const beats = setInterval(() => void client.postLines(heartbeat("1")).catch(() => {}), 50);
    expect(await closes.next()).toMatchObject({ code: 1002, reason: "not polled for 300 ms" });
    clearInterval(beats);
    expect(performance.now() - startedAt).toBeGreaterThan(290);
    expect(endpoint.connections).toBe(0);
  });

  it("when a frame is no message: what it said before is lost, and the POST is 408", async () => {
    const { pollUrl } = await serve(withLongPoll());
    const bad = observe("socket.bad_frame");
    const client = await PollClient.open(pollUrl(), { polls: false });
    expect((await client.postLines(join, "{", echo("2"))).body).toEqual({ status: 408 });
    expect(await bad.next()).toMatchObject({ transport: "longpoll", reason: "frame is not valid JSON" });
    expect((await client.postLines(heartbeat("1"))).body).toEqual({ status: 410 });
  });
});
