/** Our client and our server, by their public names, over each transport. */
import { LongPoll, Presence, PushError, Socket } from "@wingbeat/client";
import type { SocketOptions, TransportClass } from "@wingbeat/client";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok, refuse } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { WebSocket } from "ws";
import { z } from "zod";

const presence = definePresence<{ device: string }>();

const room = defineChannel("room:{id}")
  .assigns<{ name: string }>()
  .pushes<{ new_msg: { body: string; at: Date }; bytes: Uint8Array } & typeof presence.events>()
  .join(z.object({ device: z.string() }), (ctx, { device }) => {
    if (ctx.params.id === "closed") return refuse({ reason: "unauthorized" });
    presence.track(ctx, ctx.assigns.name, { device });
    presence.pushState(ctx);
    return ok({ id: ctx.params.id });
  })
  .handleIn("new_msg", z.object({ body: z.string().min(1) }), (ctx, { body }) => {
    ctx.broadcast("new_msg", { body, at: new Date(0) });
    return body === "no" ? refuse({ reason: "not this" }) : ok({ length: body.length });
  })
  .handleIn("bytes", (ctx, payload) => {
    ctx.push("bytes", payload as Uint8Array);
    return ok(payload as Uint8Array);
  });

const userSocket = defineSocket({
  connect: (params) => ok({ name: String(params["name"]) }),
  channels: [room],
});

async function serve(port = 0): Promise<{ endpoint: Endpoint; port: number }> {
  const sockets = { "/socket": { socket: userSocket, longpoll: { window: 500 } } };
  const endpoint = createEndpoint({ sockets, presence: [presence], logger: false });
  onTestFinished(() => endpoint.close());
  return { endpoint, port: (await endpoint.listen(port, "127.0.0.1")).port };
}

const transports: readonly (readonly [string, TransportClass])[] = [
  ["WebSocket", WebSocket],
  ["LongPoll", LongPoll],
];

describe.each(transports)("over %s", (_name, transport) => {
  const connect = (port: number, name: string, options: SocketOptions = {}) => {
    const socket = new Socket<typeof userSocket>(`http://127.0.0.1:${port}/socket`, {
      transport,
      params: { name },
      reconnectAfterMs: () => 20,
      rejoinAfterMs: () => 20,
      ...options,
    });
    onTestFinished(() => new Promise<void>((resolve) => socket.disconnect(resolve)));
    socket.connect();
    return socket;
  };

  it("joins, pushes, is answered, and gets what others broadcast", async () => {
    const { port } = await serve();
    const [ada, grace] = ["ada", "grace"].map((name) => connect(port, name).channel("room:1", { device: "desk" }));
    if (ada === undefined || grace === undefined) throw new Error("two are needed");
    const heard: string[] = [];
    grace.on("new_msg", ({ body, at }) => heard.push(`${body} ${at}`));
    expect(await Promise.all([ada.join(), grace.join()])).toEqual([{ id: "1" }, { id: "1" }]);
    expect(await ada.push("new_msg", { body: "hello" })).toEqual({ length: 5 });
    await vi.waitFor(() => expect(heard).toEqual(["hello 1970-01-01T00:00:00.000Z"]));
  });

  it("is told what was refused, and why", async () => {
    const { port } = await serve();
    const socket = connect(port, "ada");
    const refused = await socket
      .channel("room:closed", { device: "desk" })
      .join()
      .catch((reason: unknown) => reason);
    expect(refused).toBeInstanceOf(PushError);
    expect(refused).toMatchObject({ reason: "refused", response: { reason: "unauthorized" } });
    const channel = socket.channel("room:1", { device: "desk" });
    await channel.join();
    await expect(channel.push("new_msg", { body: "no" })).rejects.toMatchObject({ response: { reason: "not this" } });
    await expect(channel.push("new_msg", { body: "" })).rejects.toMatchObject({
      response: { reason: "invalid payload" },
    });
  });

  it("carries bytes both ways", async () => {
    const { port } = await serve();
    const channel = connect(port, "ada").channel("room:1", { device: "desk" });
    await channel.join();
    for (const bytes of [
      Uint8Array.of(1, 2, 3),
      Uint8Array.of(0, 255, 128),
      crypto.getRandomValues(new Uint8Array(5000)),
    ]) {
      const pushed = new Promise((resolve) => {
        const off = channel.on("bytes", (payload) => {
          off();
          resolve(payload);
        });
      });
      expect(await channel.push("bytes", bytes)).toEqual(bytes.buffer);
      expect(await pushed).toEqual(bytes.buffer);
    }
  });

  it("sees who is there, comes and goes", async () => {
    const { port } = await serve();
    const channel = connect(port, "ada").channel("room:1", { device: "desk" });
    const who = new Presence(channel);
    await channel.join();
    await vi.waitFor(() => expect(Object.keys(who.state)).toEqual(["ada"]));
    const other = connect(port, "grace").channel("room:1", { device: "phone" });
    await other.join();
    await vi.waitFor(() => expect(Object.keys(who.state)).toEqual(["ada", "grace"]));
    other.leave();
    await vi.waitFor(() => expect(Object.keys(who.state)).toEqual(["ada"]));
  });

  it("is back after the server was, with what it pushed meanwhile", async () => {
    const { endpoint, port } = await serve();
    const channel = connect(port, "ada").channel("room:1", { device: "desk" });
    await channel.join();
    const lost = new Promise<unknown>((resolve) => channel.onError(resolve));
    await endpoint.close();
    await lost;
    const answer = channel.push("new_msg", { body: "later" });
    await serve(port);
    expect(await answer).toEqual({ length: 5 });
  });
});

it("falls back from a transport that fails to long polling", async () => {
  const { port } = await serve();
  const memory = new Map<string, string>();
  const sessionStorage = {
    getItem: (key: string) => memory.get(key) ?? null,
    setItem: (key: string, value: string) => void memory.set(key, value),
  };
  const Refused = class extends WebSocket {
    constructor() {
      super("ws://127.0.0.1:1/nothing");
    }
  };
  const socket = new Socket<typeof userSocket>(`ws://127.0.0.1:${port}/socket`, {
    transport: Refused,
    longPollFallbackMs: 2000,
    sessionStorage,
    params: { name: "ada" },
  });
  onTestFinished(() => socket.disconnect());
  socket.connect();
  expect(await socket.channel("room:1", { device: "desk" }).join()).toEqual({ id: "1" });
  expect(socket.transport).toBe(LongPoll);
  expect([...memory.keys()]).toEqual(["phx:fallback:LongPoll"]);
});
