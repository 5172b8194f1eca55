/** Who is let in, and what HTTP says to those who are not: over real upgrade requests. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { ConnectInfo, Reply } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { Inbox } from "./inbox.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const lobby = defineChannel("lobby")
  .assigns<{ seen: object }>()
  .join((ctx) => ok(ctx.assigns.seen));

/** Tells on "lobby" what connect got. */
const mirror = defineSocket({
  connect: (params, info) => ok({ seen: { params: { ...params }, token: info.authToken ?? null } }),
  channels: [lobby],
});

type Connect = (params: Readonly<Record<string, unknown>>, info: ConnectInfo) => unknown;
const connecting = (connect: Connect) => defineSocket({ connect: connect as () => Reply<"ok", object>, channels: [] });

describe("connect", () => {
  it("may be async, and what it gives is in every channel", async () => {
    const socket = defineSocket({
      connect: async (params) => {
        await new Promise((resolve) => setImmediate(resolve));
        return ok({ seen: { token: params["token"] } });
      },
      channels: [lobby],
    });
    const client = await FrameClient.open((await serve({ "/socket": socket })).url(undefined, { token: "abc" }));
    expect(await client.join("lobby")).toEqual({ status: "ok", response: { token: "abc" } });
  });

  it("refuses with 403 and an empty body", async () => {
    const { url } = await serve({ "/socket": connecting(() => refuse()) });
    expect(await refusal(url())).toMatchObject({ status: 403, body: "" });
  });

  it("refuses with 403 also when a promise says so, and without an errorHandler for the reason", async () => {
    const { url, endpoint } = await serve({ "/socket": connecting(async () => refuse("rate_limit")) });
    const refused = observe("socket.refused");
    expect(await refusal(url())).toMatchObject({ status: 403, body: "" });
    expect(await refused.next()).toMatchObject({ stage: "connect", status: 403, reason: "rate_limit" });
    expect(endpoint.connections).toBe(0);
  });

  it("lets the errorHandler answer a reason, here with 429; refuse() without one stays 403", async () => {
    const socket = connecting((params) => (params["reason"] === undefined ? refuse() : refuse(params["reason"])));
    const errorHandler = (reason: unknown, info: ConnectInfo) => ({
      status: 429,
      headers: { "retry-after": "3" },
      body: `${String(reason)} on ${info.uri.path}`,
    });
    const { url } = await serve({ "/socket": { socket, websocket: { errorHandler } } });
    expect(await refusal(url(undefined, { reason: "rate_limit" }))).toMatchObject({
      status: 429,
      body: "rate_limit on /socket/websocket",
      headers: { "retry-after": "3" },
    });
    expect(await refusal(url())).toMatchObject({ status: 403, body: "" });
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("database is away");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("database is away");
      },
    ],
  ])("that %s is a 500, which telemetry explains and the client does not see", async (_, connect) => {
    const { url } = await serve({ "/socket": connecting(connect) });
    const refused = observe("socket.refused");
    const answer = await refusal(url());
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain("database");
    expect(await refused.next()).toMatchObject({ stage: "connect crashed", error: new Error("database is away") });
  });

  it.each([
    ["nothing", () => undefined],
    ["an object", () => ({ user: 1 })],
    ["refuse()", () => refuse({ reason: "x" })],
  ])("that returns %s refuses with 403", async (_, connect) => {
    const { url } = await serve({ "/socket": connecting(connect) });
    expect((await refusal(url())).status).toBe(403);
  });

  it("gets the request: uri, peer, user agent and x- headers", async () => {
    const infos = new Inbox<ConnectInfo>();
    const { url, port } = await serve({
      "/socket": connecting((_params, info) => {
        infos.put(info);
        return ok();
      }),
    });
    await FrameClient.open(url(undefined, { a: "1" }), {
      headers: { "x-real-ip": "10.0.0.1", "user-agent": "test/1" },
    });
    const info = await infos.next();
    expect(info).toMatchObject({
      transport: "websocket",
      uri: { scheme: "http", host: "127.0.0.1", port, path: "/socket/websocket", query: "vsn=2.0.0&a=1" },
      peer: { address: "127.0.0.1" },
      userAgent: "test/1",
      authToken: undefined,
    });
    expect(info.xHeaders).toEqual({ "x-real-ip": "10.0.0.1" });
  });

  it("is closed from outside by its id only: an anonymous one stays", async () => {
    const { url, endpoint } = await serve({ "/socket": userSocket() });
    const named = [
      await FrameClient.open(url(undefined, { name: "eve" })),
      await FrameClient.open(url(undefined, { name: "eve" })),
    ];
    const others = [await FrameClient.open(url(undefined, { name: "mallory" })), await FrameClient.open(url())];
    endpoint.broadcast("user_socket:eve", "ignored", {});
    endpoint.broadcast("user_socket:eve", "disconnect", {});
    for (const client of named) expect((await client.closed).code).toBe(1001);
    for (const client of others) await client.settled();
    expect(endpoint.connections).toBe(2);
  });
});

describe("versions", () => {
  it.each(["2", "2.0", "2.1.0", "3.0.0", "", "2.0.0-rc.1"])('vsn "%s" is refused with 403', async (vsn) => {
    const { url } = await serve({ "/socket": mirror });
    expect(await refusal(url(undefined, { vsn }))).toMatchObject({ status: 403, body: "" });
  });

  it("no vsn means V1: objects both ways", async () => {
    const { port } = await serve({ "/socket": mirror });
    const client = await FrameClient.open(`ws://127.0.0.1:${port}/socket/websocket`);
    client.socket.send(JSON.stringify({ topic: "lobby", event: "phx_join", payload: {}, ref: "1" }));
    expect(await client.next()).toEqual({
      topic: "lobby",
      event: "phx_reply",
      ref: "1",
      payload: { status: "ok", response: { params: {}, token: null } },
    });
  });
});

describe("paths", () => {
  it.each(["1.0.0", "2.0.0"])("sees nothing of wingbeat=1, nor does telemetry, with V%s", async (vsn) => {
    const seen = new Inbox<object>();
    const socket = connecting((params) => (seen.put({ ...params }), ok()));
    const { url } = await serve({ "/socket": socket });
    const connected = observe("socket.connected");
    await FrameClient.open(url(undefined, { a: "1", vsn, wingbeat: "1" }));
    expect((await connected.next()).params).toEqual({ vsn, a: "1" });
    expect(await seen.next()).toEqual({ vsn, a: "1" });
  });

  it("has path variables in the params, which win over the query; those with _ are dropped", async () => {
    const { url } = await serve({
      "/app/:tenant/:_region": { socket: mirror, websocket: { path: "/ws/:user_id" } },
    });
    const client = await FrameClient.open(url("/app/acme/eu/ws/7%20x", { user_id: "query", extra: "1" }));
    expect(await client.join("lobby")).toEqual({
      status: "ok",
      response: { params: { vsn: "2.0.0", extra: "1", tenant: "acme", user_id: "7 x" }, token: null },
    });
  });

  it("takes a trailing slash; other paths are 404", async () => {
    const { url, port } = await serve({ "/socket": mirror });
    await FrameClient.open(url("/socket/websocket/"));
    for (const path of ["/", "/socket", "/socket/longpoll", "/socket/websocket/more", "/Socket/websocket"]) {
      expect((await refusal(url(path))).status).toBe(404);
      expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(404);
    }
  });

  it("answers what is no upgrade with 400, and any method but GET", async () => {
    const { port } = await serve({ "/socket": mirror });
    const at = `http://127.0.0.1:${port}/socket/websocket?vsn=2.0.0`;
    const plain = await fetch(at);
    expect(plain.status).toBe(400);
    expect(await plain.text()).toContain('"connection: upgrade"');
    expect((await fetch(at, { method: "POST" })).status).toBe(400);
  });

  it("mounts two sockets, each with its own connect and channels, on one PubSub", async () => {
    const { url, endpoint } = await serve({ "/socket": userSocket(), "/other": mirror });
    const [first, second] = [await FrameClient.open(url()), await FrameClient.open(url("/other/websocket"))];
    expect(await first.join("room:1")).toMatchObject({ status: "ok" });
    expect(await second.join("room:1")).toEqual({ status: "error", response: { reason: "unmatched topic" } });
    expect(await second.join("lobby")).toMatchObject({ status: "ok" });
    endpoint.broadcast("room:1", "news", { n: 1 });
    endpoint.broadcast("lobby", "news", { n: 2 });
    expect(await first.next()).toEqual([null, null, "room:1", "news", { n: 1 }]);
    expect(await second.next()).toEqual([null, null, "lobby", "news", { n: 2 }]);
    expect(endpoint.connections).toBe(2);
  });
});

describe("subprotocols and auth tokens", () => {
  const tokenOf = (text: string): string => `base64url.bearer.phx.${Buffer.from(text).toString("base64url")}`;

  it("answers the first of its own that the client offers; a client that offers only others gets 403", async () => {
    const { url } = await serve({ "/socket": { socket: mirror, websocket: { subprotocols: ["b", "a"] } } });
    expect((await FrameClient.open(url(), {}, ["x", "a", "b"])).socket.protocol).toBe("b");
    expect((await FrameClient.open(url())).socket.protocol).toBe("");
    expect(await refusal(url(), {}, ["x", "y"])).toMatchObject({ status: 403, body: "" });
  });

  it("reads the auth token and answers phoenix", async () => {
    const { url } = await serve({ "/socket": { socket: mirror, authToken: true } });
    const client = await FrameClient.open(url(), {}, ["phoenix", tokenOf("sécret")]);
    expect(client.socket.protocol).toBe("phoenix");
    expect(await client.join("lobby")).toMatchObject({ response: { token: "sécret" } });
  });

  it("refuses a token that is no base64 with 400, and has none on mounts without the option", async () => {
    const { url } = await serve({ "/socket": { socket: mirror, authToken: true }, "/plain": mirror });
    expect((await refusal(url(), {}, ["phoenix", "base64url.bearer.phx.!!"])).status).toBe(400);
    const socket = await FrameClient.open(url(), {}, ["phoenix"]);
    expect(await socket.join("lobby")).toMatchObject({ response: { token: null } });
  });
});

describe("check origin", () => {
  const from = (origin: string) => ({ headers: { origin } });

  it("lets pages of its own host in, and clients without an origin; others get 403", async () => {
    const { url } = await serve({ "/socket": mirror });
    await FrameClient.open(url(), from("http://127.0.0.1:8080"));
    await FrameClient.open(url());
    expect(await refusal(url(), from("http://evil.example"))).toMatchObject({ status: 403, body: "" });
  });

  it("is set per mount", async () => {
    const { url } = await serve({
      "/socket": mirror,
      "/open": { socket: mirror, websocket: { checkOrigin: false } },
      "/some": { socket: mirror, websocket: { checkOrigin: ["//*.example.com"] } },
    });
    await FrameClient.open(url("/open/websocket"), from("http://evil.example"));
    await FrameClient.open(url("/some/websocket"), from("https://a.example.com"));
    expect((await refusal(url("/some/websocket"), from("https://a.example.org"))).status).toBe(403);
    expect((await refusal(url(), from("https://a.example.com"))).status).toBe(403);
  });
});
