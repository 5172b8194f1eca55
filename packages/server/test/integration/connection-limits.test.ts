/** How many may be connected: in total, and from one address. */
import { connect } from "node:net";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { defineSocket, ok, refuse } from "../../src/index.ts";
import type { EndpointOptions, LongPollOptions } from "../../src/index.ts";
import { FrameClient, refusal } from "./frame-client.ts";
import { gate, Inbox } from "./inbox.ts";
import { PollClient, send } from "./poll-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const both = (options: Partial<EndpointOptions>, longpoll: true | LongPollOptions = true) =>
  serve({ "/socket": { socket: userSocket(), longpoll } }, options);

const FULL = { status: 503, headers: { "retry-after": "5" } };

/** Resolves when a client has been let in: a place is free again when the server has seen a connection end. */
async function openSoon(url: string): Promise<FrameClient> {
  for (;;) {
    const client = await FrameClient.open(url).catch(() => undefined);
    if (client !== undefined) return client;
  }
}

describe("maxConnections", () => {
  it("refuses with 503 and Retry-After, tells telemetry, and lets the next one in when a client has gone", async () => {
    const { url, endpoint } = await both({ maxConnections: 2 });
    const refused = observe("socket.refused");
    const clients = [await FrameClient.open(url()), await FrameClient.open(url())];
    expect(await refusal(url())).toMatchObject(FULL);
    expect(await refused.next()).toMatchObject({ stage: "limit", reason: "maxConnections", status: 503 });
    clients[0]?.drop();
    await openSoon(url());
    expect(endpoint.connections).toBe(2);
    expect(await refusal(url())).toMatchObject(FULL);
  });

  it("counts long-poll sessions with the rest, and tells their clients what makes them try again", async () => {
    const { url, pollUrl } = await both({ maxConnections: 2 });
    await PollClient.open(pollUrl());
    const client = await FrameClient.open(url());
    const { status, headers, body } = await send(pollUrl());
    expect({ status, after: headers["retry-after"], body }).toEqual({ status: 503, after: "5", body: { status: 500 } });
    expect(await refusal(url())).toMatchObject(FULL);
    expect(await client.join("room:1")).toMatchObject({ status: "ok" });
  });

  it("gives the place of a long-poll session back when it ends", async () => {
    const { pollUrl } = await both({ maxConnections: 1 }, { window: 100 });
    const closed = observe("socket.closed");
    await PollClient.open(pollUrl(), { polls: false });
    await closed.next();
    await PollClient.open(pollUrl());
  });

  it("counts those whose connect is under way, and gives their place back when they are refused or give up", async () => {
    const [connecting, decision] = [new Inbox<true>(), gate()];
    const socket = defineSocket({
      connect: async (params) => {
        if (params["wait"] === undefined) return ok();
        connecting.put(true);
        await decision.passed;
        return refuse();
      },
      channels: [],
    });
    const { url, port } = await serve({ "/socket": socket }, { maxConnections: 2 });
    const refused = refusal(url(undefined, { wait: "1" }));
    const dropped = connect({ host: "127.0.0.1", port });
    dropped.write(
      "GET /socket/websocket?vsn=2.0.0&wait=1 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    );
    await connecting.take(2);
    expect(await refusal(url())).toMatchObject(FULL);
    dropped.destroy();
    await once(dropped, "close");
    decision.open();
    expect((await refused).status).toBe(403);
    await openSoon(url());
    await openSoon(url());
  });

  it.each([
    ["a bad handshake", "sec-websocket-version: 12\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="],
    ["a handshake that ws refuses", "sec-websocket-version: 13\r\nsec-websocket-key: short"],
  ])("gives the place of %s back", async (_what, headers) => {
    const { url, port } = await both({ maxConnections: 1 });
    for (let n = 0; n < 3; n++) {
      const socket = connect({ host: "127.0.0.1", port });
      socket.write(
        "GET /socket/websocket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n" +
          `${headers}\r\n\r\n`,
      );
      expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1.1 400 /);
      socket.destroy();
    }
    expect((await fetch(url().replace("ws:", "http:"))).status).toBe(400);
    await FrameClient.open(url());
  });
});

describe("maxConnectionsPerIp", () => {
  const from = (address: string) => ({ headers: { "x-forwarded-for": address } });

  it("refuses an address that has so many, and no other", async () => {
    const { url, endpoint } = await both({ maxConnectionsPerIp: 2, trustProxy: 1 });
    const refused = observe("socket.refused");
    const first = await FrameClient.open(url(), from("192.0.2.1"));
    await FrameClient.open(url(), from("192.0.2.1"));
    expect(await refusal(url(), from("192.0.2.1"))).toMatchObject(FULL);
    expect(await refused.next()).toMatchObject({ stage: "limit", reason: "maxConnectionsPerIp" });
    await FrameClient.open(url(), from("192.0.2.2"));
    expect(endpoint.connections).toBe(3);
    const closed = observe("socket.closed");
    first.drop();
    await closed.next();
    await FrameClient.open(url(), from("192.0.2.1"));
  });

  it("cannot be dodged by a header, unless the proxy that sends it is trusted", async () => {
    const { url } = await both({ maxConnectionsPerIp: 1 });
    await FrameClient.open(url(), from("192.0.2.1"));
    expect(await refusal(url(), from("192.0.2.2"))).toMatchObject(FULL);
  });
});
