/** Logins that end: our client and the official one on our server, over each transport. */
import { LongPoll, Socket } from "@wingbeat/client";
import type { SocketOptions, TransportClass } from "@wingbeat/client";
import { LongPoll as PhoenixLongPoll, Socket as PhoenixSocket } from "phoenix";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse, Telemetry } from "wingbeat";
import type { Endpoint, TelemetryEvent } from "wingbeat";
import { WebSocket } from "ws";

interface Site {
  readonly url: string;
  readonly endpoint: Endpoint;
  /** The tokens that `connect` got, in order. */
  readonly tokens: string[];
}

/** Tokens are `<user> <number> <ms>`: `banned` ones are refused, the others last so long. */
const userSocketOf = (tokens: string[]) =>
  defineSocket({
    connect: (params) => {
      const token = String(params["token"]);
      tokens.push(token);
      const [user = "", number, ms] = token.split(" ");
      if (user === "banned") return refuse({ why: "banned" });
      return ok({ user, number: Number(number) }, { expiresAt: Date.now() + Number(ms) });
    },
    channels: [
      defineChannel("room:{id}")
        .assigns<{ user: string; number: number }>()
        .join((ctx) => ok({ number: ctx.assigns.number }))
        .handleIn("number", (ctx) => ok({ number: ctx.assigns.number }))
        .handleIn("out", (ctx) => ctx.disconnect("too loud"))
        .reauthorize((ctx) =>
          ctx.params.id === "first" && ctx.assigns.number > 1 ? refuse({ why: "not first" }) : ok(),
        ),
    ],
  });

async function serve(): Promise<Site> {
  const tokens: string[] = [];
  const sockets = { "/socket": { socket: userSocketOf(tokens), longpoll: { window: 500 } } };
  const endpoint = createEndpoint({ sockets, logger: false });
  onTestFinished(() => endpoint.close({ drain: false }));
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return { url: `ws://127.0.0.1:${port}/socket`, endpoint, tokens };
}

/** How often something happened on the server. */
function count(event: TelemetryEvent): { readonly now: number } {
  const counted = { now: 0 };
  onTestFinished(Telemetry.attach(event, () => counted.now++));
  return counted;
}

const quick: SocketOptions = { reconnectAfterMs: () => 10, rejoinAfterMs: () => 10 };
const transports: readonly (readonly [string, TransportClass])[] = [
  ["WebSocket", WebSocket],
  ["LongPoll", LongPoll],
];

describe.each(transports)("our client over %s", (_, transport) => {
  function connect(site: Site, token: () => string): Socket {
    const socket = new Socket(site.url, { ...quick, transport, params: async () => ({ token: token() }) });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    return socket;
  }

  it("renews its login over the same connection, and a channel that may not stay ends and says why", async () => {
    const site = await serve();
    const connected = count("socket.connected");
    let number = 0;
    const socket = connect(site, () => `ada ${++number} 2000`);
    const [first, other] = [socket.channel("room:first"), socket.channel("room:other")];
    const closed = new Promise((resolve) => first.onClose(resolve));
    expect(await first.join()).toEqual({ number: 1 });
    await other.join();
    expect(await closed).toEqual({ reason: "refused", response: { why: "not first" } });
    expect(first.state).toBe("closed");
    await vi.waitFor(async () => expect(await other.push("number")).toEqual({ number: 3 }), 20_000);
    expect(first.state).toBe("closed");
    expect(connected.now).toBe(1);
    expect(site.tokens.slice(0, 3)).toEqual(["ada 1 2000", "ada 2 2000", "ada 3 2000"]);
  });

  it("is refused when its login is not renewed, says why, and stays away", async () => {
    const site = await serve();
    let user = "ada";
    const socket = connect(site, () => `${user} 1 2000`);
    const reason = new Promise((resolve) => socket.onRefused(resolve));
    await socket.channel("room:1").join();
    user = "banned";
    expect(await reason).toEqual({ why: "banned" });
    await vi.waitFor(() => expect(site.endpoint.connections).toBe(0));
    expect(socket.connectionState()).toBe("refused");
    const tries = site.tokens.length;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(site.tokens).toHaveLength(tries);
    user = "ada";
    socket.connect();
    await vi.waitFor(() => expect(socket.isConnected()).toBe(true), 20_000);
  });

  it("is refused at once, and says why", async () => {
    const site = await serve();
    const socket = connect(site, () => "banned 1 2000");
    expect(await new Promise((resolve) => socket.onRefused(resolve))).toEqual({ why: "banned" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(site.tokens).toHaveLength(1);
  });

  it("comes back by itself with a new token, when the server has closed its connection", async () => {
    const site = await serve();
    let number = 0;
    const socket = connect(site, () => `ada ${++number} 60000`);
    const channel = socket.channel("room:1");
    const closes: unknown[] = [];
    socket.onClose(({ code, reason }) => closes.push([code, reason]));
    await channel.join();
    channel.push("out").catch(() => {});
    await vi.waitFor(async () => expect(await channel.push("number")).toEqual({ number: 2 }), 20_000);
    // Over long polling a client learns that its session is gone, but not why.
    expect(closes).toEqual([transport === LongPoll ? expect.any(Array) : [1001, "too loud"]]);
  });
});

describe.each([
  ["WebSocket", WebSocket as never],
  ["LongPoll", PhoenixLongPoll as never],
])("phoenix.js over %s, unmodified", (_, transport) => {
  it("comes back by itself with its new token, each time its login ends", async () => {
    const site = await serve();
    const [expired, refreshed] = [count("socket.expired"), count("socket.refreshed")];
    let number = 0;
    const socket = new PhoenixSocket(site.url, {
      transport,
      params: () => ({ token: `ada ${++number} 700` }),
      reconnectAfterMs: () => 10,
      rejoinAfterMs: () => 10,
    });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    const joins: unknown[] = [];
    const channel = socket.channel("room:1");
    channel.join().receive("ok", (response: unknown) => joins.push(response));
    await vi.waitFor(() => expect(joins.slice(0, 3)).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]), 30_000);
    expect(expired.now).toBeGreaterThanOrEqual(2);
    expect(refreshed.now).toBe(0);
  });
});
