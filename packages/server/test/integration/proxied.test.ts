/** What a server behind a proxy believes, and what it does not; the web session that comes with a cookie. */
import { describe, expect, it } from "vitest";
import { defineSocket, ok } from "../../src/index.ts";
import type { ConnectInfo, EndpointOptions, MountOptions } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { Inbox } from "./inbox.ts";
import { PollClient } from "./poll-client.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

function recorder(options: Partial<EndpointOptions>, mount: Partial<MountOptions> = {}) {
  const infos = new Inbox<ConnectInfo>();
  const socket = defineSocket({
    connect: (_params, info) => {
      infos.put(info);
      return ok();
    },
    channels: [],
  });
  return serve({ "/socket": { socket, longpoll: true, ...mount } }, options).then((served) => ({
    ...served,
    infos,
  }));
}

const PROXY = {
  "x-forwarded-for": "198.51.100.9, 192.0.2.1",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "chat.example.com",
};

describe("trustProxy", () => {
  it("is off: peer and uri are those of the connection, whatever headers say", async () => {
    const { url, port, infos } = await recorder({});
    await FrameClient.open(url(), { headers: PROXY });
    expect(await infos.next()).toMatchObject({
      peer: { address: "127.0.0.1" },
      uri: { scheme: "http", host: "127.0.0.1", port },
    });
  });

  it("gives peer and uri as the proxy says, to WebSockets and to long polling", async () => {
    const { url, pollUrl, infos } = await recorder({ trustProxy: ["127.0.0.0/8"] });
    await FrameClient.open(url(), { headers: PROXY });
    const { get } = await import("node:http");
    get(pollUrl(), { headers: PROXY });
    for (const transport of ["websocket", "longpoll"]) {
      expect(await infos.next()).toMatchObject({
        transport,
        peer: { address: "192.0.2.1", port: 0 },
        uri: { scheme: "https", host: "chat.example.com", port: 443 },
      });
    }
  });

  it.each([true, "conn"] as const)("lets checkOrigin: %j compare with what the browser sees", async (checkOrigin) => {
    const origin = "https://chat.example.com";
    const trusting = await recorder({ trustProxy: 1, checkOrigin });
    await FrameClient.open(trusting.url(), { headers: { ...PROXY, origin } });
    const cautious = await recorder({ checkOrigin });
    expect((await refusal(cautious.url(), { headers: { ...PROXY, origin } })).status).toBe(403);
  });
});

describe("the web session", () => {
  const sessions: Record<string, object> = { "sid=1": { userId: 7, csrf: "t0ken" }, "sid=2": { userId: 8 } };
  const read: NonNullable<MountOptions["session"]>["read"] = ({ headers }) => sessions[headers.cookie ?? ""];
  const seen = async (
    session: MountOptions["session"] | undefined,
    params: Record<string, string>,
    cookie = "sid=1",
  ): Promise<unknown> => {
    const { url, infos } = await recorder({}, session === undefined ? {} : { session });
    await FrameClient.open(url(undefined, params), { headers: { cookie } });
    return (await infos.next()).session;
  };

  it("is there for a page that has its CSRF token", async () => {
    expect(await seen({ read, csrf: "csrf" }, { _csrf_token: "t0ken" })).toBe(sessions["sid=1"]);
    const slow = async (...args: Parameters<typeof read>) => read(...args);
    expect(await seen({ read: slow, csrf: "csrf" }, { _csrf_token: "t0ken" })).toBe(sessions["sid=1"]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["the token is wrong", { _csrf_token: "token" }, "sid=1"],
    ["the token is missing", {}, "sid=1"],
    ["the token is a list", { "_csrf_token[]": "t0ken" }, "sid=1"],
    ["the session has no token", { _csrf_token: "undefined" }, "sid=2"],
    ["there is no session", { _csrf_token: "t0ken" }, "sid=3"],
  ])("is not there when %s; the client is connected all the same", async (_what, params, cookie) => {
    expect(await seen({ read, csrf: "csrf" }, params, cookie)).toBeUndefined();
  });

  it("is not read where the mount does not say so", async () => {
    expect(await seen(undefined, { _csrf_token: "t0ken" })).toBeUndefined();
  });

  it("may be checked by a function, or not at all", async () => {
    const csrf = (session: Readonly<Record<string, unknown>>, token: string) => token === `masked ${session["csrf"]}`;
    expect(await seen({ read, csrf }, { _csrf_token: "masked t0ken" })).toBe(sessions["sid=1"]);
    expect(await seen({ read, csrf }, { _csrf_token: "t0ken" })).toBeUndefined();
    expect(await seen({ read, csrf }, {})).toBeUndefined();
    expect(await seen({ read, csrf: false }, {})).toBe(sessions["sid=1"]);
  });

  it("comes with long polling, too", async () => {
    const { pollUrl, infos } = await recorder({}, { session: { read: () => ({ userId: 7 }), csrf: false } });
    await PollClient.open(pollUrl());
    expect((await infos.next()).session).toEqual({ userId: 7 });
  });

  it("refuses with 500 when it cannot be read", async () => {
    const failing = async (): Promise<never> => {
      throw new Error("store is away");
    };
    const { url } = await recorder({}, { session: { read: failing, csrf: "csrf" } });
    const refused = observe("socket.refused");
    expect((await refusal(url())).status).toBe(500);
    expect(await refused.next()).toMatchObject({ stage: "connect crashed", error: new Error("store is away") });
  });

  it.each<[string, Partial<MountOptions>, string]>([
    ["csrf is not set", { session: { read } as never }, "session.csrf must be set"],
    ["read is missing", { session: { csrf: "csrf" } as never }, "session.read must be a function"],
    ["of a misspelt option", { session: { read, csrf: false, store: 1 } as never }, 'has no option "store"'],
    [
      "neither pages nor tokens are checked",
      { session: { read, csrf: false }, websocket: { checkOrigin: false } },
      "every web page could act as its visitors",
    ],
  ])("is refused at start when %s", async (_what, mount, message) => {
    await expect(recorder({}, mount)).rejects.toThrow(
      expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) }),
    );
  });
});

describe("health", () => {
  const get = async (port: number, method = "GET") => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { method });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
  };

  it("answers 200 while clients may come, and how many there are", async () => {
    const { port, url, endpoint } = await recorder({ health: "/health" });
    await FrameClient.open(url());
    const body = { status: "ok", connections: 1, channels: 0, bufferedBytes: 0, pubsub: endpoint.pubsub.status() };
    expect(await get(port)).toEqual({ status: 200, body });
    expect(endpoint.health()).toEqual(body);
    expect(await get(port, "HEAD")).toEqual({ status: 200, body: undefined });
    expect(await get(port, "POST")).toEqual({ status: 405, body: undefined });
    expect((await refusal(url("/health"))).status).toBe(400);
  });

  it("answers 503 while it drains", async () => {
    const { port, endpoint } = await recorder({ health: "/health" });
    await endpoint.drain();
    expect(await get(port)).toMatchObject({ status: 503, body: { status: "draining", connections: 0 } });
  });

  it("is degraded, and goes on with 200, when other nodes are not reached", async () => {
    const down = { adapter: "stub", state: "down", since: 1, reason: "gone", queued: 2, lost: 0, missed: 0 } as const;
    const pubsub = {
      nodeName: "a",
      start() {},
      stop() {},
      broadcast() {},
      directBroadcast() {},
      status: () => down,
    };
    const { port } = await recorder({ health: "/health", pubsub });
    expect(await get(port)).toMatchObject({ status: 200, body: { status: "degraded", pubsub: down } });
  });

  it("has no path of its own unless it is given one", async () => {
    const { port } = await recorder({});
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(404);
  });
});
