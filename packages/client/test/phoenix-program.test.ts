/** A program for phoenix.js, run with phoenix.js and with our client: only the import differs. */
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok, refuse, stop } from "wingbeat";
import type { Endpoint } from "wingbeat";
import { WebSocket } from "ws";
import type { Channel, Presence, Push, Socket, SocketConnectOption } from "phoenix";

const room = defineChannel("room:{id}")
  .assigns<{ name: string; count?: number }>()
  .join((ctx, params) => {
    if (ctx.params.id === "closed") return refuse({ reason: "unauthorized" });
    return ok({ id: ctx.params.id, name: ctx.assigns.name, params });
  })
  .handleIn("echo", (_ctx, payload) => ok(payload))
  .handleIn("fail", (_ctx, payload) => refuse(payload))
  .handleIn("silent", () => {})
  .handleIn("count", (ctx) => {
    ctx.assign({ count: (ctx.assigns.count ?? 0) + 1 });
    return ok({ count: ctx.assigns.count });
  })
  .handleIn("shout", (ctx, payload) => ctx.broadcast("shouted", payload as object))
  .handleIn("crash", () => {
    throw new Error("crash on request");
  })
  .handleIn("stop", () => stop("normal", ok({ bye: true })));

const presence = definePresence<{ device: string; typing?: boolean }, { title: string }>({
  fetch: (_topic, presences) =>
    Object.fromEntries(Object.entries(presences).map(([key, { metas }]) => [key, { metas, title: `Dr. ${key}` }])),
});

const who = defineChannel("who:{id}")
  .assigns<{ name: string }>()
  .join((ctx, params) => {
    presence.track(ctx, ctx.assigns.name, { device: String((params as { device?: unknown }).device) });
    presence.pushState(ctx);
    return ok();
  })
  .handleIn("typing", (ctx) => {
    presence.update(ctx, ctx.assigns.name, (meta) => ({ ...meta, typing: true }));
    return ok();
  });

const userSocket = defineSocket({
  connect: (params, { authToken }) =>
    params["name"] === "nobody" ? refuse("nobody") : ok({ name: String(authToken ?? params["name"] ?? "anonymous") }),
  id: ({ name }) => `user_socket:${name}`,
  channels: [room, who],
});

async function serve(port = 0): Promise<{ endpoint: Endpoint; port: number; url: string }> {
  const mount = { socket: userSocket, authToken: true } as const;
  const endpoint = createEndpoint({ sockets: { "/socket": mount }, presence: [presence], logger: false });
  onTestFinished(() => endpoint.close());
  const { port: own } = await endpoint.listen(port, "127.0.0.1");
  return { endpoint, port: own, url: `ws://127.0.0.1:${own}/socket` };
}

/** Answers and events as they come, to be waited for. */
function diary() {
  const entries: unknown[] = [];
  const note = (entry: unknown): void => void entries.push(entry);
  return {
    entries,
    note,
    has: (...expected: unknown[]) => vi.waitFor(() => expect(entries).toEqual(expected), { timeout: 120_000 }),
  };
}

const answer = (push: Push): Promise<unknown> =>
  new Promise((resolve) => {
    push
      .receive("ok", (response) => resolve(["ok", response]))
      .receive("error", (response) => resolve(["error", response]))
      .receive("timeout", () => resolve("timeout"));
  });

type Entry = { readonly title?: string; readonly metas: readonly { device: string; typing?: true; phx_ref: string }[] };
/** An entry as it is now, in a word: `Dr. ada desk phone…`. phoenix.js goes on writing into the entries that it has given. */
const seen = (entry: Entry | undefined): string =>
  [entry?.title, ...(entry?.metas ?? []).map(({ device, typing }) => device + (typing ? "…" : ""))].join(" ");

const libraries = [
  ["phoenix", () => import("phoenix")],
  ["@wingbeat/client", () => import("@wingbeat/client") as unknown as Promise<typeof import("phoenix")>],
] as const;

describe.each(libraries)("a program with %s", (name, load) => {
  const open = async (url: string, options: Partial<SocketConnectOption> = {}): Promise<Socket> => {
    const library = await load();
    const quick = { transport: WebSocket as never, reconnectAfterMs: () => 10, rejoinAfterMs: () => 10 };
    const socket = new library.Socket(url, { ...quick, ...options });
    onTestFinished(() => socket.disconnect());
    socket.connect();
    return socket;
  };
  const joined = async (socket: Socket, topic = "room:1", params: object = {}): Promise<Channel> => {
    const channel = socket.channel(topic, params);
    await answer(channel.join());
    return channel;
  };

  it("joins with params, also from functions, and is told why not", async () => {
    const { url } = await serve();
    const socket = await open(url, { params: () => ({ name: "ada" }) });
    expect(await answer(socket.channel("room:1", () => ({ a: 1 })).join())).toEqual([
      "ok",
      { id: "1", name: "ada", params: { a: 1 } },
    ]);
    for (const [topic, reason] of [
      ["room:closed", "unauthorized"],
      ["nowhere", "unmatched topic"],
    ] as const) {
      const channel = socket.channel(topic);
      expect(await answer(channel.join())).toEqual(["error", { reason }]);
      channel.leave();
    }
  });

  it("sends its auth token", async () => {
    const { url } = await serve();
    const socket = await open(url, { authToken: "s3cret" });
    expect(await answer(socket.channel("room:1").join())).toEqual(["ok", { id: "1", name: "s3cret", params: {} }]);
  });

  it("pushes and is answered: ok, error, not at all, and before the join is answered", async () => {
    const { url } = await serve();
    const channel = (await open(url)).channel("room:1");
    channel.join();
    expect(await answer(channel.push("echo", { n: [1, "ü", null] }))).toEqual(["ok", { n: [1, "ü", null] }]);
    expect(await answer(channel.push("fail", { why: "x" }))).toEqual(["error", { why: "x" }]);
    // Our server tells our client that a handler has not replied.
    expect(await answer(channel.push("silent", {}, 20))).toEqual(name === "phoenix" ? "timeout" : ["ok", {}]);
  });

  it("gets broadcasts until it turns them off, by ref or all at once", async () => {
    const { url } = await serve();
    const [mine, theirs] = [await joined(await open(url)), await joined(await open(url))];
    const { entries, note, has } = diary();
    const first = mine.on("shouted", ({ n }) => note(`first ${n}`));
    mine.on("shouted", ({ n }) => note(`second ${n}`));
    await answer(theirs.push("shout", { n: 1 }, 50));
    await has("first 1", "second 1");
    mine.off("shouted", first);
    theirs.push("shout", { n: 2 });
    await has("first 1", "second 1", "second 2");
    mine.off("shouted");
    await answer(mine.push("shout", { n: 3 }, 50));
    expect(entries).toHaveLength(3);
  });

  it("sends and gets bytes", async () => {
    const { url } = await serve();
    const channel = await joined(await open(url));
    const bytes = Uint8Array.from({ length: 1000 }, (_, n) => n % 256);
    const reply = (await answer(channel.push("echo", bytes.buffer))) as [string, ArrayBuffer];
    expect([reply[0], reply[1].constructor.name, new Uint8Array(reply[1])]).toEqual(["ok", "ArrayBuffer", bytes]);
    const pushed = new Promise<ArrayBuffer>((resolve) => channel.on("shouted", resolve));
    channel.push("shout", bytes.buffer);
    expect(new Uint8Array(await pushed)).toEqual(bytes);
  });

  it("rejoins after a crash, and forgets what the channel had", async () => {
    const { url } = await serve();
    const channel = (await open(url)).channel("room:1");
    const { note, has } = diary();
    channel.onError((reason) => note(reason));
    channel.join().receive("ok", () => note("joined"));
    await has("joined");
    expect(await answer(channel.push("count", {}))).toEqual(["ok", { count: 1 }]);
    channel.push("crash", {});
    await has("joined", { reason: "channel_crash" }, "joined");
    expect(await answer(channel.push("count", {}))).toEqual(["ok", { count: 1 }]);
  });

  it("is closed by the server and stays so", async () => {
    const { url } = await serve();
    const socket = await open(url);
    const channel = await joined(socket);
    const { note, has } = diary();
    channel.onClose(() => note("closed"));
    expect(await answer(channel.push("stop", {}))).toEqual(["ok", { bye: true }]);
    await has("closed");
    const again = await joined(socket);
    expect(await answer(again.push("echo", {}))).toEqual(["ok", {}]);
  });

  it("leaves: closed at once, and gets nothing more", async () => {
    const { endpoint, url } = await serve();
    const socket = await open(url);
    const channel = await joined(socket);
    const { entries, note } = diary();
    channel.on("shouted", () => note("shouted"));
    channel.onClose((payload) => note(payload));
    channel.leave().receive("ok", () => note("ok"));
    expect(entries).toEqual(["leave", "ok"]);
    const other = await joined(socket, "room:2");
    endpoint.broadcast("room:1", "shouted", {});
    await answer(other.push("echo", {}));
    expect(entries).toHaveLength(2);
  });

  it("replaces its own channel with a second one on the topic", async () => {
    const { endpoint, url } = await serve();
    const socket = await open(url);
    const first = await joined(socket);
    const { note, has } = diary();
    first.onClose(() => note("first closed"));
    first.on("news", () => note("first"));
    const second = await joined(socket, "room:1", { second: true });
    second.on("news", () => note("second"));
    endpoint.broadcast("room:1", "news", {});
    await has("first closed", "second");
  });

  it("comes back after a restart of the server, with what was pushed meanwhile", async () => {
    const { endpoint, port, url } = await serve();
    const socket = await open(url);
    const { entries, note, has } = diary();
    socket.onOpen(() => note("open"));
    socket.onClose(({ code }: { code: number }) => note(code));
    const channel = socket.channel("room:1");
    channel.join().receive("ok", () => note("joined"));
    await has("open", "joined");
    await endpoint.close();
    await vi.waitFor(() => expect(entries).toContain(1012));
    const waiting = answer(channel.push("echo", { n: 1 }));
    await serve(port);
    expect(await waiting).toEqual(["ok", { n: 1 }]);
    expect(entries.slice(-2)).toEqual(["open", "joined"]);
    expect(entries.filter((entry) => entry === "joined")).toHaveLength(2);
  });

  it("comes back when its connection is closed by id, and not when it is refused", async () => {
    const { endpoint, url } = await serve();
    const socket = await open(url, { params: { name: "ada" } });
    const { note, has } = diary();
    socket.onOpen(() => note("open"));
    socket.onClose(({ code }: { code: number }) => note(code));
    await has("open");
    endpoint.broadcast("user_socket:ada", "disconnect", {});
    await has("open", 1001, "open");
    const refused = await open(url, { params: { name: "nobody" } });
    const errors = vi.fn<() => void>();
    refused.onError(() => errors());
    // Ours was told why, and stays away; see login.test.ts.
    const tries = name === "phoenix" ? 2 : 1;
    await vi.waitFor(() => expect(errors.mock.calls.length).toBeGreaterThanOrEqual(tries));
    await vi.waitFor(() => expect(refused.isConnected()).toBe(false));
  });

  it("sees who is there: those before it, those who come, change and go, and itself", async () => {
    const { url } = await serve();
    const as = (name: string) => open(url, { params: { name } });
    const grace = await joined(await as("grace"), "who:1", { device: "desk" });
    const channel = (await as("ada")).channel("who:1", { device: "phone" });
    const { Presence } = await load();
    const there: Presence = new Presence(channel);
    const { entries, note, has } = diary();
    there.onJoin((key, current, joined) => note(`${key} ${current && seen(current)} + ${seen(joined)}`));
    there.onLeave((key, current, left) => note(`${key} ${seen(current)} - ${seen(left)}`));
    there.onSync(() => note(there.list((key, entry: Entry) => `${key}: ${seen(entry)}`)));
    expect([there.list(), there.inPendingSyncState()]).toEqual([[], true]);
    await answer(channel.join());
    // The diff of its own coming is there before the state, and waits for it.
    await has(
      "grace undefined + Dr. grace desk",
      "ada undefined + Dr. ada phone",
      "ada Dr. ada phone + Dr. ada phone",
      ["grace: Dr. grace desk", "ada: Dr. ada phone"],
    );
    expect(there.inPendingSyncState()).toBe(false);

    entries.length = 0;
    const [before] = there.list<Entry>((key, entry) => (key === "grace" ? entry : { metas: [] }));
    const [oldRef] = (before?.metas ?? []).map(({ phx_ref }) => phx_ref);
    await answer(grace.push("typing", {}));
    await has("grace Dr. grace desk + Dr. grace desk…", "grace Dr. grace desk… - Dr. grace desk", [
      "grace: Dr. grace desk…",
      "ada: Dr. ada phone",
    ]);
    expect(there.list<Entry>()[0]?.metas).toMatchObject([{ phx_ref: expect.any(String), phx_ref_prev: oldRef }]);

    entries.length = 0;
    const tablet = await joined(await as("grace"), "who:1", { device: "tablet" });
    await has("grace Dr. grace desk… + Dr. grace tablet", ["grace: Dr. grace desk… tablet", "ada: Dr. ada phone"]);
    entries.length = 0;
    grace.leave();
    await has("grace Dr. grace tablet - Dr. grace desk…", ["grace: Dr. grace tablet", "ada: Dr. ada phone"]);
    entries.length = 0;
    tablet.leave();
    await has("grace Dr. grace - Dr. grace tablet", ["ada: Dr. ada phone"]);
  });

  it("sees who came and went while it was away", async () => {
    const { endpoint, url } = await serve();
    const grace = await joined(await open(url, { params: { name: "grace" } }), "who:1", { device: "desk" });
    const socket = await open(url, { params: { name: "ada" }, reconnectAfterMs: () => 100 });
    const channel = socket.channel("who:1", { device: "phone" });
    const { Presence } = await load();
    const there = new Presence(channel);
    const { entries, note } = diary();
    there.onJoin((key) => note(`${key} came`));
    there.onLeave((key) => note(`${key} left`));
    await answer(channel.join());
    await vi.waitFor(() => expect(there.list()).toHaveLength(2));
    entries.length = 0;
    endpoint.broadcast("user_socket:ada", "disconnect", {});
    await vi.waitFor(() => expect(socket.isConnected()).toBe(false));
    grace.leave();
    await joined(await open(url, { params: { name: "alan" } }), "who:1", { device: "desk" });
    await vi.waitFor(() => expect(entries).toEqual(expect.arrayContaining(["alan came", "grace left"])));
    await vi.waitFor(() => expect(there.list((key) => key).sort()).toEqual(["ada", "alan"]));
  });

  it("keeps its connection with heartbeats, and measures it with ping", async () => {
    const { url } = await serve();
    const socket = await open(url, { heartbeatIntervalMs: 20 });
    const { entries, note } = diary();
    await joined(socket);
    socket.onMessage((message) => {
      const { topic, payload } = message as { topic: string; payload: unknown };
      note([topic, payload]);
    });
    const beat = ["phoenix", { status: "ok", response: {} }];
    await vi.waitFor(() => expect(entries.slice(0, 2)).toEqual([beat, beat]));
    expect(await new Promise((resolve) => socket.ping(resolve))).toBeTypeOf("number");
  });

  it("disconnects when it says so, with its code, and calls back", async () => {
    const { endpoint, url } = await serve();
    const socket = await open(url);
    await joined(socket);
    const { entries, note } = diary();
    socket.onClose(({ code, reason }: { code: number; reason: string }) => note([code, reason]));
    await new Promise<void>((resolve) => socket.disconnect(resolve, 1000, "bye"));
    expect(entries).toEqual([[1000, ""]]);
    expect([socket.isConnected(), socket.connectionState(), endpoint.connections]).toEqual([false, "closed", 0]);
  });

  it("logs what it does", async () => {
    const { url } = await serve();
    const { entries, note } = diary();
    const socket = await open(url, { logger: (kind, message) => note(`${kind}: ${message.split(" (")[0]}`) });
    await vi.waitFor(() => expect(socket.isConnected()).toBe(true));
    await joined(socket);
    expect(entries.slice(-2)).toEqual(["push: room:1 phx_join", "receive: ok room:1 phx_reply"]);
    expect(socket.hasLogger()).toBe(true);
  });
});
