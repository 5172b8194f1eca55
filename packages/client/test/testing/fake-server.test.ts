/** What a test does with a fake server, and what it is told when it has got something wrong. */
import { Presence, Socket } from "@wingbeat/client";
import type { Channel } from "@wingbeat/client";
import { fakeServer, ok, refuse, reply } from "@wingbeat/client/testing";
import type { FakeServer, FakeServerOptions } from "@wingbeat/client/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { userSocket } from "./user-socket.ts";

type Server = FakeServer<typeof userSocket>;

/** A server whose faults are the test's own business. */
function start(options?: FakeServerOptions): Server {
  const server = fakeServer<typeof userSocket>(options);
  onTestFinished(() => {
    try {
      server.close();
    } catch {
      // Those that matter are expected by the test.
    }
  });
  return server;
}

/** A client that has joined room:1, and the server's end of it. */
async function joined(server: Server = start()) {
  server.channel("room:1");
  const socket = server.socket();
  socket.connect();
  const room = socket.channel("room:1");
  room.join();
  return { server, socket, room, client: await server.joined("room:1") };
}

/** The message of the error that this throws. */
function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was thrown";
}

describe("joins and pushes", () => {
  it("are answered by handlers, which get params, payloads, topics and the client", async () => {
    const server = start();
    server
      .channel("room:{id}")
      .onJoin(({ as }, topic) => ok({ role: `${as} in ${topic}` }))
      .on("new_msg", async ({ body }, client) => ok({ id: body.length + client.topic.length, at: new Date(0) }))
      .on("reaction:*", (_payload, _client, event) => reply("busy", { event }) as never);
    const socket = server.socket();
    socket.connect();
    const room = socket.channel("room:42", { as: "ann" });
    expect(await room.join()).toEqual({ role: "ann in room:42" });
    expect(await room.push("new_msg", { body: "hey" })).toEqual({ id: 10, at: "1970-01-01T00:00:00.000Z" });
    await expect(room.push("reaction:up", {})).rejects.toMatchObject({
      status: "busy",
      response: { event: "reaction:up" },
    });
    const client = await server.joined("room:42");
    expect(client.params).toEqual({ as: "ann" });
    expect(client.messages).toEqual([
      { event: "new_msg", payload: { body: "hey" } },
      { event: "reaction:up", payload: {} },
    ]);
    server.close();
  });

  it("without a handler are answered by the test, in any order", async () => {
    const { server, room, client } = await joined();
    const replies: string[] = [];
    for (const body of ["a", "b"])
      room.push("new_msg", { body }).receive("ok", ({ id }) => replies.push(`${body} ${id}`));
    const [a, b] = [await client.received("new_msg"), await client.received("new_msg")];
    expect([a.payload.body, b.payload.body]).toEqual(["a", "b"]);
    expect(replies).toEqual([]);
    b.reply(ok({ id: 2, at: new Date(0) }));
    a.reply(ok({ id: 1, at: new Date(0) }));
    expect(replies).toEqual(["b 2", "a 1"]);
    expect(messageOf(() => a.reply(ok({ id: 1, at: new Date(0) })))).toBe('"new_msg" was answered before');
    server.close();
  });

  it("of bytes keep their bytes", async () => {
    const server = fakeServer();
    server.channel("room:1").on("bytes", (payload) => ok(payload));
    const socket = server.socket();
    socket.connect();
    const room = socket.channel("room:1");
    room.join();
    const got: unknown[] = [];
    room.on("bytes", (payload) => got.push(payload));
    expect(await room.push("bytes", new Uint8Array([1, 2]))).toEqual(new Uint8Array([1, 2]).buffer);
    (await server.joined("room:1")).push("bytes", new Uint8Array([3]));
    expect(got).toEqual([new Uint8Array([3]).buffer]);
    server.close();
  });

  it("an exact topic and an exact event win over patterns", async () => {
    const server = fakeServer();
    server.channel("a:*").onJoin(() => ok({ by: "pattern" }));
    server
      .channel("a:1")
      .onJoin(() => ok({ by: "topic" }))
      .on("e:*", () => ok("pattern"))
      .on("e:1", () => ok("event"));
    const socket = server.socket();
    socket.connect();
    expect(await socket.channel("a:2").join()).toEqual({ by: "pattern" });
    const channel = socket.channel("a:1");
    expect(await channel.join()).toEqual({ by: "topic" });
    expect(await Promise.all([channel.push("e:1"), channel.push("e:2")])).toEqual(["event", "pattern"]);
    server.close();
  });

  it("a cast is received, and cannot be answered", async () => {
    const { server, room, client } = await joined();
    room.cast("seen");
    const seen = await client.received("seen");
    expect(messageOf(() => seen.reply(ok() as never))).toBe('"seen" was cast: nobody waits for a reply');
    server.close();
  });

  it("a connection is accepted or refused by its params and its token", async () => {
    const server = start();
    server.onConnect(async ({ token, of }, authToken) =>
      token === "bad" ? refuse({ why: "banned" }) : ok({ token, of, authToken }),
    );
    const seen = vi.fn<(...args: unknown[]) => void>();
    const good = new Socket("ws://x/socket", {
      transport: server.transport,
      params: { of: { a: 1 } },
      authToken: "tökén",
    });
    onTestFinished(() => good.disconnect());
    server.onConnect((params, authToken) => {
      seen(params, authToken);
      return params["token"] === "bad" ? refuse({ why: "banned" }) : ok();
    });
    good.connect();
    await vi.waitFor(() => expect(good.isConnected()).toBe(true));
    expect(seen).toHaveBeenCalledExactlyOnceWith({ of: { a: "1" } }, "tökén");
    const bad = server.socket({ params: { token: "bad" } });
    bad.connect();
    await vi.waitFor(() => expect(bad.refusal).toEqual({ reason: { why: "banned" } }));
  });
});

describe("what the server does arrives at once:", () => {
  it("pushes and broadcasts", async () => {
    const { server, socket, room, client } = await joined();
    const other = server.socket();
    other.connect();
    const there = other.channel("room:1");
    there.join();
    await vi.waitFor(() => expect(there.isJoined()).toBe(true));
    const got: string[] = [];
    room.on("new_msg", ({ body }) => got.push(`here ${body}`));
    there.on("new_msg", ({ body }) => got.push(`there ${body}`));
    client.push("new_msg", { id: 1, body: "a" });
    expect(got).toEqual(["here a"]);
    client.broadcast("new_msg", { id: 2, body: "b" });
    server.broadcast("room:1", "new_msg", { id: 3, body: "c" });
    expect(got.slice(1)).toEqual(["here b", "there b", "here c", "there c"]);
    expect(socket.isConnected()).toBe(true);
    server.close();
  });

  it("a crash, and the end of a channel", async () => {
    const { server, room, client } = await joined();
    client.crash();
    expect(room.state).toBe("errored");
    const again = await server.joined("room:1");
    expect(room.state).toBe("joined");
    again.close({ reason: "refused" });
    expect(room.state).toBe("closed");
    server.close();
  });

  it("a lost connection, and a server that is away", async () => {
    const { server, socket, room } = await joined();
    server.disconnect();
    expect([socket.connectionState(), room.state]).toEqual(["closed", "errored"]);
    await server.joined("room:1");
    expect(room.state).toBe("joined");
    server.stop();
    const failed = new Promise((resolve) => socket.onError(resolve));
    await expect(failed).resolves.toEqual(new Error("the fake server is stopped"));
    expect(room.state).toBe("errored");
    server.start();
    await server.joined("room:1");
    server.close();
  });
});

describe("presence", () => {
  it("is told to those that are there, and to those that come; an update never shows the key as gone", async () => {
    const { server, room, client } = await joined();
    const here = new Presence(room);
    const log: string[] = [];
    here.onJoin((key, current) => log.push(`+${key} ${current?.metas.length ?? 0}`));
    here.onLeave((key, current) => log.push(`-${key} ${current.metas.length}`));
    here.onUpdate((key, before, after) => log.push(`${key} ${before.metas[0]?.device} ${after.metas[0]?.device}`));
    here.onSync(() => log.push(Object.keys(here.state).join(",")));
    client.presence.join("ann", { device: "phone" });
    client.presence.join("bob", { device: "tab" });
    client.presence.join("ann", { device: "desk" });
    client.presence.update("ann", { device: "watch" });
    client.presence.leave("ann");
    expect(log).toEqual([
      ...["+ann 0", "ann", "+bob 0", "ann,bob", "+ann 1", "ann,bob"],
      ...["ann desk watch", "ann,bob", "-ann 0", "bob"],
    ]);
    expect(messageOf(() => client.presence.leave("ann"))).toBe(
      '"ann" is not present on "room:1": presence.join comes first',
    );
    const late = server.socket();
    late.connect();
    const there = late.channel("room:1");
    const seen = new Presence(there);
    there.join();
    await vi.waitFor(() => expect(Object.keys(seen.state)).toEqual(["bob"]));
    server.close();
  });
});

describe("recovery", () => {
  /** Joined, with one message seen. */
  async function withHistory() {
    const server = start();
    server.channel("room:1").history({ events: ["new_msg"] });
    const all = await joined(server);
    const log: string[] = [];
    all.room.onRecover(({ recovered, count, reason }) => log.push(`${recovered} ${count} ${reason}`));
    all.room.on("new_msg", ({ id }) => log.push(`${id}`));
    all.room.on("typing", ({ name }) => log.push(name));
    all.client.broadcast("new_msg", { id: 1, body: "" });
    return { ...all, log };
  }

  it("gives what was missed while the client was away; what is not recorded is gone", async () => {
    const { server, log } = await withHistory();
    server.stop();
    server.broadcast("room:1", "new_msg", { id: 2, body: "" });
    server.broadcast("room:1", "typing", { name: "ann" });
    server.start();
    await server.joined("room:1");
    expect(log).toEqual(["1", "true 1 undefined", "2"]);
    server.close();
  });

  it("says when it cannot be had", async () => {
    const { server, log } = await withHistory();
    server.stop();
    server.broadcast("room:1", "new_msg", { id: 2, body: "" });
    server.channel("room:1").forgetHistory("limit");
    server.start();
    const client = await server.joined("room:1");
    expect(log).toEqual(["1", "false 0 limit"]);
    client.lose();
    expect(log.at(-1)).toBe("false 0 lost");
    server.close();
  });

  it("needs a history", async () => {
    const { client } = await joined();
    expect(messageOf(() => client.lose())).toContain("declare channel.history()");
  });
});

describe("numbered pushes (PROTOCOL.md, section 17)", () => {
  /** A client that speaks frames. */
  async function connected(server: Server) {
    const transport = new server.transport("ws://x/socket/websocket?vsn=2.0.0&wingbeat=1");
    const frames: unknown[] = [];
    await new Promise<void>((resolve) => {
      Object.assign(transport, {
        onopen: resolve,
        onmessage: ({ data }: { data: string }) => frames.push(JSON.parse(data)),
        onclose: ({ code }: { code: number }) => frames.push(code),
      });
    });
    return async (...frame: unknown[]) => {
      const before = frames.length;
      transport.send(JSON.stringify(frame));
      await vi.waitFor(() => expect(frames.length).toBeGreaterThan(before));
      return frames.slice(before);
    };
  }
  const session = "k1ZrT0pW4u9bQm3cYx7hNg";
  const join = (ref: string) => [ref, ref, "room:42", "phx_join", {}, { v: 1, session }];
  const answered = (joinRef: string, ref: string, response: unknown, more = {}) => [
    [joinRef, ref, "room:42", "phx_reply", { status: "ok", response, ...more }],
  ];

  it("are handled once, and give the same reply when they are sent again after a lost one", async () => {
    const server = start();
    let handled = 0;
    const room = server.channel("room:42").dedupe();
    room.onJoin(() => ok({} as { role: string })).on("new_msg", () => ok({ id: ++handled, at: new Date(0) }));
    room.dropReply("new_msg");
    const first = await connected(server);
    expect(await first(...join("9"))).toEqual(answered("9", "9", {}, { pushes: { window: 600_000 } }));
    const [begun] = await first("9", "10", "room:42", "wb_pushes", { session, next: 1 });
    const { epoch: e, last } = (begun as [0, 0, 0, 0, { response: { epoch: string; last: number } }])[4].response;
    expect(last).toBe(0);
    const push = { n: 1, e, s: session, a: 0 };
    expect(await first("9", "11", "room:42", "new_msg", { body: "hi" }, push)).toEqual([1006]);

    const second = await connected(server);
    await second(...join("14"));
    const response = { id: 1, at: "1970-01-01T00:00:00.000Z" };
    expect(await second("14", "15", "room:42", "new_msg", { body: "hi" }, push)).toEqual(
      answered("14", "15", response),
    );
    expect(handled).toBe(1);
    const status = "error";
    expect(await second("14", "16", "room:42", "new_msg", {}, { ...push, n: 3 })).toEqual([
      ["14", "16", "room:42", "phx_reply", { status, response: { reason: "out of order", next: 2 }, push: "order" }],
    ]);
    room.forgetPushes();
    expect(await second("14", "17", "room:42", "new_msg", {}, { ...push, n: 2 })).toEqual([
      ["14", "17", "room:42", "phx_reply", { status, response: { reason: "unknown epoch" }, push: "epoch" }],
    ]);
    server.close();
  });

  it("of our client: a lost reply is given after the rejoin, and the handler has run once", async () => {
    const server = start();
    let handled = 0;
    const channel = server.channel("room:42").dedupe();
    channel.on("new_msg", () => ok({ id: ++handled, at: new Date(0) }));
    channel.dropReply("new_msg");
    const socket = server.socket();
    socket.connect();
    const room = socket.channel("room:42");
    room.join();
    expect(await room.push("new_msg", { body: "hi" }, { retry: true })).toMatchObject({ id: 1 });
    expect(await room.push("new_msg", { body: "again" }, { retry: true })).toMatchObject({ id: 2 });
    expect(handled).toBe(2);
    server.close();
  });

  it("without a handler get the test's answer where they were sent last", async () => {
    const server = start();
    server.channel("room:42").dedupe();
    const first = await connected(server);
    await first(...join("9"));
    const push = { n: 1, e: "fake-1", s: session, a: 0 };
    const lost = first("9", "11", "room:42", "new_msg", { body: "hi" }, push);
    const received = await (await server.joined("room:42")).received("new_msg");
    server.disconnect();
    expect(await lost).toEqual([1006]);
    const second = await connected(server);
    await second(...join("14"));
    const again = second("14", "15", "room:42", "new_msg", { body: "hi" }, push);
    const client = await server.joined("room:42");
    received.reply(ok({ id: 7, at: new Date(0) }));
    expect(await again).toEqual(answered("14", "15", { id: 7, at: "1970-01-01T00:00:00.000Z" }));
    expect(client.messages).toEqual([]);
    server.close();
  });
});

describe("time", () => {
  it("stands still with fake timers, and nothing waits for it", async () => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "queueMicrotask", "Date"],
    });
    onTestFinished(() => void vi.useRealTimers());
    const { server, room, client } = await joined();
    server.channel("room:1").on("new_msg", () => ok({ id: 1, at: new Date(0) }));
    expect(await room.push("new_msg", { body: "" })).toMatchObject({ id: 1 });
    expect(vi.getTimerCount()).toBe(0);
    client.crash();
    await vi.advanceTimersByTimeAsync(10);
    expect(room.state).toBe("joined");
    server.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("passes between a client and a slow server, with the timers of the test", async () => {
    const { server, room } = await joined();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    server.channel("room:1").on("seen", () => {});
    server.delay(3000);
    const seen = vi.fn<() => void>();
    room.push("seen").receive("ok", seen);
    await vi.advanceTimersByTimeAsync(2999);
    expect(seen).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(seen).toHaveBeenCalledOnce();
    server.delay(0);
    await room.push("seen").catch(() => {});
    server.close();
  });
});

describe("a test that has got something wrong is told", () => {
  it.each<[string, (all: Awaited<ReturnType<typeof joined>>) => unknown, string | RegExp]>([
    [
      "that it has not declared a topic",
      async ({ server, socket }) => {
        await expect(socket.channel("lobby").join()).rejects.toThrow("unmatched topic");
        await expect(server.joined("lobby")).rejects.toThrow('no such topic: server.channel("lobby")');
        expect(messageOf(() => server.broadcast("room:2", "typing", { name: "" }))).toContain(
          'server.channel("room:2")',
        );
      },
      'a client has joined "lobby": the test has declared no such topic: server.channel("lobby")',
    ],
    [
      "that it has never answered a push",
      async ({ room }) => {
        room.push("new_msg", { body: "hi" });
        await Promise.resolve();
      },
      '"new_msg" {"body":"hi"} on "room:1" was never answered: declare channel.on("new_msg", …), ' +
        'or answer what received("new_msg") gives',
    ],
    [
      "that a handler has thrown, for example because of an expectation",
      async ({ server, room }) => {
        server.channel("room:1").on("new_msg", ({ body }) => expect(body).toBe("hello") as never);
        await expect(room.push("new_msg", { body: "hi" })).rejects.toMatchObject({ reason: "crashed" });
      },
      /^the handler of "new_msg" on "room:1" has failed: expected 'hi' to be 'hello'/,
    ],
    [
      "that a handler has returned something else than an answer",
      async ({ server, room }) => {
        server.channel("room:1").on("new_msg", async () => ({ id: 1 }) as never);
        await expect(room.push("new_msg", { body: "hi" })).rejects.toMatchObject({ reason: "crashed" });
      },
      'the handler of "new_msg" on "room:1" has failed: the handler of "new_msg" on "room:1" returned {"id":1}: ' +
        "return ok(…), refuse(…) or reply(…)",
    ],
    [
      "that a join handler has thrown",
      async ({ server, socket }) => {
        server.channel("lobby").onJoin(() => {
          throw new Error("oops");
        });
        await expect(socket.channel("lobby").join()).rejects.toThrow("join crashed");
      },
      'the join handler of "lobby" has failed: oops',
    ],
    [
      "that it still waits",
      ({ client }) => void client.received("new_msg"),
      'no "new_msg" has come on "room:1" (what has come: nothing) before the server was closed',
    ],
  ])("%s", async (_what, act, expected) => {
    const all = await joined();
    await act(all);
    expect(messageOf(() => all.server.close())).toMatch(expected);
    // Once is enough.
    all.server.close();
  });

  it("of what has come instead, when it waits in vain, and where it has waited", async () => {
    const { server, room, client } = await joined(start({ patience: 20 }));
    room.cast("seen");
    const waited = (await client.received("new_msg").catch((error: unknown) => error)) as Error;
    expect(waited.message).toBe('no "new_msg" has come on "room:1" (what has come: seen) within 20 ms');
    expect(waited.stack).toContain("fake-server.test.ts");
    await expect(server.joined("room:2" as "room:1")).rejects.toThrow('server.channel("room:2")');
    server.channel("room:2");
    await expect(server.joined("room:2")).rejects.toThrow(
      'no client has joined "room:2" (joined are: room:1) within 20 ms',
    );
    expect(messageOf(() => server.close())).toBe("nothing was thrown");
  });

  it("that it uses an end of a channel that is over", async () => {
    const { server, room, client } = await joined();
    server.disconnect();
    await expect(client.received("new_msg")).rejects.toThrow("(what has come: nothing) before its connection was lost");
    expect(messageOf(() => client.push("typing", { name: "" }))).toBe(
      '"room:1" is not joined here any more, because its connection was lost: await server.joined("room:1") again',
    );
    const again = await server.joined("room:1");
    room.leave();
    await expect(again.received("seen")).rejects.toThrow("before the client has left");
    server.close();
  });
});

describe("a closed server", () => {
  it("leaves nothing behind: clients hear nothing more, timers are stopped, promises do not fail unheard", async () => {
    const unheard = vi.fn<() => void>();
    process.on("unhandledRejection", unheard);
    onTestFinished(() => void process.off("unhandledRejection", unheard));
    const { server, room, socket, client } = await joined();
    const own = new Socket("ws://x/socket", { transport: server.transport });
    own.connect();
    await vi.waitFor(() => expect(own.isConnected()).toBe(true));
    const heard = vi.fn<() => void>();
    own.onClose(heard);
    room.push("new_msg", { body: "" });
    void server.joined("room:2" as "room:1");
    void client.received("seen");
    expect(messageOf(() => server.close())).not.toBe("nothing was thrown");
    expect(socket.connectionState()).toBe("closed");
    server.disconnect();
    expect(heard).not.toHaveBeenCalled();
    own.disconnect();
    const late: Channel = (server.socket() as unknown as Socket).channel("room:1");
    late.join();
    await new Promise((resolve) => setTimeout(resolve));
    expect(late.state).toBe("joining");
    expect(unheard).not.toHaveBeenCalled();
    late.leave();
  });
});
