/** What a client that is behind is sent: `conflate`, `volatile`, and everything else. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { conflate, createEndpoint, defineChannel, defineSocket, ok, stop, volatile } from "../../src/index.ts";
import type { SocketDefinition } from "../../src/index.ts";
import { record, SlowClient, turn } from "./slow-client.ts";

interface Cursor {
  readonly user: string;
  readonly x: number;
}

const cursorRoom = defineChannel("room:*")
  .pushes<{ cursor: Cursor; typing: object; said: object; score: object }>({
    cursor: conflate(({ user }) => user),
    score: conflate(),
    typing: volatile(),
  })
  .join(() => ok());

const socketOf = (channel: typeof cursorRoom, limits: object = {}): SocketDefinition =>
  defineSocket({ connect: () => ok(), channels: [channel], ...limits }) as never;

const plain = socketOf(cursorRoom);

// Only what measures time: the run queue goes on.
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A client that was sent a mark and has not read it for longer than `ackTimeout`. */
async function behind(client: SlowClient, topic = "room:1"): Promise<void> {
  client.endpoint.localBroadcast(topic, "cursor", { user: "mark", x: 0 });
  await turn();
  vi.advanceTimersByTime(501);
}
const MARK = 'cursor {"user":"mark","x":0}';

const cursors = (client: SlowClient, user: string, from: number, to: number): void => {
  for (let x = from; x <= to; x++) client.endpoint.broadcast("room:1", "cursor", { user, x });
};

describe("a client that keeps up", () => {
  it("gets everything, droppable or not, in order", async () => {
    const client = new SlowClient(plain);
    await client.join();
    cursors(client, "ada", 1, 2);
    client.endpoint.broadcast("room:1", "typing", {});
    client.endpoint.broadcast("room:1", "said", {});
    cursors(client, "ada", 3, 3);
    expect(client.read()).toEqual([
      'cursor {"user":"ada","x":1}',
      'cursor {"user":"ada","x":2}',
      "typing {}",
      "said {}",
      'cursor {"user":"ada","x":3}',
    ]);
  });

  it("is sent a mark with the first message, and then as seldom as the limits say", async () => {
    const client = new SlowClient(plain);
    await client.join();
    const marks = (): number => client.connection.read().filter(({ event }) => event === "wb_ack").length;
    cursors(client, "ada", 1, 5);
    expect(marks()).toBe(1);
    client.connection.receive({ joinRef: null, ref: null, topic: "phoenix", event: "wb_ack", payload: {} });
    cursors(client, "ada", 6, 9);
    expect(marks()).toBe(0);
    vi.advanceTimersByTime(250);
    cursors(client, "ada", 10, 19);
    expect(marks()).toBe(1);
  });

  it("is sent no mark while nothing may be dropped", async () => {
    const client = new SlowClient(plain);
    await client.join();
    for (let n = 0; n < 1_000; n++) client.endpoint.broadcast("room:1", "said", { n });
    expect(client.connection.read().filter(({ event }) => event === "wb_ack")).toEqual([]);
  });
});

describe("a client that is behind", () => {
  it("gets the newest of each key when it has caught up, in one read", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 100);
    cursors(client, "bob", 1, 100);
    cursors(client, "ada", 101, 101);
    expect(client.read()).toEqual([MARK]);
    expect(client.read()).toEqual(['cursor {"user":"bob","x":100}', 'cursor {"user":"ada","x":101}']);
    expect(client.read()).toEqual([]);
    cursors(client, "ada", 102, 103);
    expect(client.read()).toHaveLength(2);
  });

  it("gets no volatile message", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    for (let n = 0; n < 5; n++) client.endpoint.broadcast("room:1", "typing", { n });
    expect(client.read()).toEqual([MARK]);
    expect(client.read()).toEqual([]);
    client.endpoint.broadcast("room:1", "typing", { n: 6 });
    expect(client.read()).toEqual(['typing {"n":6}']);
  });

  it("gets what is declared as neither, behind the newest of what was sent before", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.endpoint.broadcast("room:1", "said", { n: 1 });
    cursors(client, "ada", 11, 20);
    expect(await client.catchUp()).toEqual([
      MARK,
      'cursor {"user":"ada","x":10}',
      'said {"n":1}',
      'cursor {"user":"ada","x":20}',
    ]);
  });

  it("is treated alike by broadcast, broadcastFrom, push and broadcasts of other nodes", async () => {
    const channel = cursorRoom
      .handleIn("push", (ctx, payload) => ctx.push("cursor", payload as Cursor))
      .handleIn("shout", (ctx, payload) => ctx.broadcast("cursor", payload as Cursor))
      .handleIn("from", (ctx, payload) => ctx.broadcastFrom("cursor", payload as Cursor));
    const socket = socketOf(channel as never);
    let deliver: (message: { topic: string; message: unknown; dispatcher: string }) => void = () => {};
    const adapter = {
      nodeName: "a",
      start: (given: typeof deliver) => void (deliver = given),
      broadcast() {},
      directBroadcast() {},
      stop() {},
    };
    const endpoint = createEndpoint({ sockets: { "/socket": socket }, pubsub: adapter, logger: false });
    await endpoint.pubsub.start();
    const [client, other] = [new SlowClient(socket, {}, endpoint), new SlowClient(socket, {}, endpoint)];
    for (const one of [client, other]) await one.join();
    await behind(client);
    other.read();
    client.send("push", { user: "push", x: 1 });
    client.send("push", { user: "push", x: 2 });
    for (const x of [1, 2]) {
      client.send("shout", { user: "shout", x });
      other.send("from", { user: "from", x });
      const message = { topic: "room:1", event: "cursor", payload: { user: "node", x } };
      deliver({ topic: "room:1", message, dispatcher: "fastlane" });
      await turn();
    }
    expect(client.read()).toEqual([MARK]);
    const users = client.read().map((text) => text.replace("cursor ", ""));
    expect(users.map((text) => JSON.parse(text) as Cursor).sort((a, b) => a.user.localeCompare(b.user))).toEqual(
      ["from", "node", "push", "shout"].map((user) => ({ user, x: 2 })),
    );
  });

  it("is behind on all its channels, and its other topics keep their own newest", async () => {
    const client = new SlowClient(plain);
    await client.join("room:1");
    await client.join("room:2", "2");
    await behind(client, "room:2");
    for (const x of [1, 2]) {
      for (const topic of ["room:1", "room:2"]) client.endpoint.broadcast(topic, "cursor", { user: "ada", x });
    }
    expect(client.read()).toEqual([MARK]);
    expect(client.read()).toEqual(['cursor {"user":"ada","x":2}', 'cursor {"user":"ada","x":2}']);
  });

  it("keeps one message of an event without a key", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    for (let n = 0; n < 5; n++) client.endpoint.broadcast("room:1", "score", { n });
    expect((await client.catchUp()).slice(1)).toEqual(['score {"n":4}']);
  });

  it("does not hold up others", async () => {
    const client = new SlowClient(plain);
    await client.join();
    const quick = new SlowClient(plain, {}, client.endpoint);
    await quick.join();
    await behind(client);
    quick.read();
    cursors(client, "ada", 1, 3);
    expect(quick.read()).toHaveLength(3);
  });

  it("is told of in telemetry when it has caught up", async () => {
    const skipped = record("channel.skipped");
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.endpoint.broadcast("room:1", "typing", {});
    await client.catchUp();
    expect(skipped).toMatchObject([{ topic: "room:1", conflated: 9, volatile: 1, pattern: "room:*" }]);
  });
});

describe("being behind", () => {
  it("begins with more than maxUnackedBytes after a mark, however short the time", async () => {
    const client = new SlowClient(socketOf(cursorRoom, { maxUnackedBytes: 1_000 }));
    await client.join();
    cursors(client, "ada", 1, 100);
    const read = client.read();
    expect(read.length).toBeGreaterThan(10);
    expect(read.length).toBeLessThan(30);
    expect(client.read()).toEqual(['cursor {"user":"ada","x":100}']);
  });

  it("of a client without extensions, when more than maxUnackedBytes wait in the process", async () => {
    const limits = { maxUnackedBytes: 500 };
    const client = new SlowClient(socketOf(cursorRoom, limits), { extensions: false, kernel: 1_000 });
    await client.join();
    vi.advanceTimersByTime(100_000);
    cursors(client, "ada", 1, 1_000);
    expect(client.connection.bufferedBytes).toBeGreaterThan(500);
    expect(client.connection.bufferedBytes).toBeLessThan(600);
    const read = await client.catchUp();
    expect(read.at(-1)).toBe('cursor {"user":"ada","x":1000}');
    expect(read.length).toBeLessThan(50);
  });

  it("of a client without extensions is never due to time, and it gets no mark", async () => {
    const client = new SlowClient(plain, { extensions: false });
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 100);
    expect(client.connection.read().map(({ event }) => event)).toEqual(Array(101).fill("cursor"));
  });

  it("is not the default: a pause before a mark says nothing", async () => {
    const client = new SlowClient(socketOf(cursorRoom, { maxUnackedBytes: 2_000 }));
    await client.join();
    for (let n = 0; n < 100; n++) client.endpoint.broadcast("room:1", "said", { n, text: "unmarked ".repeat(5) });
    cursors(client, "ada", 1, 2);
    expect(client.read()).toHaveLength(102);
  });
});

describe("a client that lies about what it has read", () => {
  const mark = { joinRef: null, ref: null, topic: "phoenix", event: "wb_ack", payload: {} };

  it("gains nothing by marks that nobody waits for", async () => {
    const client = new SlowClient(plain);
    for (let n = 0; n < 10; n++) client.connection.receive(mark);
    await client.join();
    client.connection.receive(mark);
    await behind(client);
    cursors(client, "ada", 1, 10);
    for (let n = 0; n < 10; n++) client.connection.receive(mark);
    expect(client.connection.read().filter(({ event }) => event === "cursor")).toHaveLength(2);
  });

  it("still gets what must arrive when it never sends a mark back", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    for (let n = 0; n < 3; n++) {
      cursors(client, "ada", 1, 10);
      client.endpoint.broadcast("room:1", "said", { n });
    }
    const events = client.connection.read().map(({ event }) => event);
    expect(events).toEqual(["cursor", "wb_ack", "cursor", "said", "cursor", "said", "cursor", "said"]);
  });
});

describe("keys", () => {
  it.each([
    [
      "throws",
      () => {
        throw new Error("no key");
      },
    ],
    ["returns nothing", () => undefined],
    ["returns an object", () => ({})],
    ["returns a symbol", () => Symbol("key")],
  ])("of a function that %s: the message is sent like any other, and that is reported", async (_what, key) => {
    const failed = record("channel.key_failed");
    const channel = defineChannel("room:*")
      .pushes<{ cursor: Cursor }>({ cursor: conflate(key as never) })
      .join(() => ok());
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 2);
    expect(await client.catchUp()).toEqual([MARK, 'cursor {"user":"ada","x":1}', 'cursor {"user":"ada","x":2}']);
    expect(failed).toMatchObject([{ topic: "room:1", event: "cursor" }, { event: "cursor" }]);
  });

  it("of different types or events are different", async () => {
    const key = conflate<{ key: string | number }>((payload) => payload.key);
    const channel = defineChannel("room:*")
      .pushes<{ a: { key: string | number }; b: { key: string | number }; cursor: Cursor }>({
        a: key,
        b: key,
        cursor: volatile(),
      })
      .join(() => ok());
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    await behind(client);
    for (const event of ["a", "b"])
      for (const k of [1, "1", NaN, ""]) client.endpoint.broadcast("room:1", event, { key: k === k ? k : "NaN" });
    expect((await client.catchUp()).slice(1)).toHaveLength(8);
  });

  it("beyond maxConflatedKeys make the oldest be sent", async () => {
    const tooMany = record("channel.too_many_keys");
    const client = new SlowClient(socketOf(cursorRoom, { maxConflatedKeys: 3 }));
    await client.join();
    await behind(client);
    for (const user of ["a", "b", "c", "d", "e", "d"]) cursors(client, user, 1, 2);
    expect(client.read()).toEqual([MARK, 'cursor {"user":"a","x":2}', 'cursor {"user":"b","x":2}']);
    expect(client.read()).toEqual([
      'cursor {"user":"c","x":2}',
      'cursor {"user":"e","x":2}',
      'cursor {"user":"d","x":2}',
    ]);
    expect(tooMany).toMatchObject([{ limit: 3, topic: "room:1" }, { limit: 3 }]);
  });

  it("of messages that take more than maxMailboxBytes make the oldest be sent", async () => {
    const client = new SlowClient(socketOf(cursorRoom, { maxMailboxBytes: 10_000 }));
    await client.join();
    await behind(client);
    for (const user of ["a", "b", "c", "d"]) {
      client.endpoint.broadcast("room:1", "cursor", { user, x: 0, text: "x".repeat(4_000) });
    }
    expect(client.read().map((text) => text.slice(0, 20))).toEqual([
      MARK.slice(0, 20),
      'cursor {"user":"a","',
      'cursor {"user":"b","',
    ]);
  });
});

describe("what is held back", () => {
  it("is dropped when the client joins again: nothing of the old join comes in the new one", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.send("phx_join", {}, "2", "room:1", "2");
    await turn();
    const read = await client.catchUp();
    expect(read).toEqual([MARK, 'phx_reply {"status":"ok","response":{}}', "phx_close {}"]);
  });

  it("is sent before the notice when the server ends the channel", async () => {
    const channel = cursorRoom.handleIn("stop", () => stop("normal"));
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.send("stop");
    await turn();
    expect(await client.catchUp()).toEqual([MARK, 'cursor {"user":"ada","x":10}', "phx_close {}"]);
  });

  it("is sent before the notice when the channel crashes, and nothing after it", async () => {
    const channel = cursorRoom
      .handleIn("crash", () => {
        throw new Error("on request");
      })
      .terminate((ctx) => {
        ctx.push("cursor", { user: "ada", x: 11 });
        queueMicrotask(() => ctx.push("cursor", { user: "ada", x: 12 }));
      });
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.send("crash");
    await turn();
    expect(await client.catchUp()).toEqual([
      MARK,
      'cursor {"user":"ada","x":11}',
      'phx_error {"reason":"channel_crash"}',
    ]);
  });

  it("is forgotten when the connection closes: the connection's end calls nobody", async () => {
    const client = new SlowClient(plain);
    await client.join();
    await behind(client);
    cursors(client, "ada", 1, 10);
    client.connection.close();
    await turn();
    expect(client.endpoint.pubsub.size.subscriptions).toBe(0);
    client.process.pace.await({ caughtUp: () => {} });
    expect(client.read()).toEqual([MARK]);
  });
});

describe("while something else makes messages wait", () => {
  it("a join: conflated ones are kept once for each key, volatile ones not at all", async () => {
    let join = (): void => {};
    const channel = defineChannel("room:*")
      .pushes<{ cursor: Cursor; typing: object; said: object }>({ cursor: conflate((c) => c.user), typing: volatile() })
      .join(() => new Promise<ReturnType<typeof ok>>((resolve) => (join = () => resolve(ok()))));
    const client = new SlowClient(socketOf(channel as never, { maxMailboxMessages: 5 }));
    client.send("phx_join", {}, "1");
    await turn();
    cursors(client, "ada", 1, 100);
    client.endpoint.broadcast("room:1", "typing", {});
    client.endpoint.broadcast("room:1", "said", {});
    cursors(client, "bob", 1, 100);
    cursors(client, "ada", 101, 101);
    join();
    await turn();
    expect(await client.catchUp()).toEqual([
      'phx_reply {"status":"ok","response":{}}',
      "said {}",
      'cursor {"user":"bob","x":100}',
      'cursor {"user":"ada","x":101}',
    ]);
  });

  it("a handleOut: conflated ones are kept once for each key, behind the intercepted broadcast", async () => {
    let handled = (): void => {};
    const channel = cursorRoom.handleOut("said", async (ctx, payload) => {
      await new Promise<void>((resolve) => (handled = resolve));
      ctx.push("said", payload);
    });
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    client.endpoint.broadcast("room:1", "said", {});
    await turn();
    cursors(client, "ada", 1, 10);
    client.endpoint.broadcast("room:1", "typing", {});
    cursors(client, "ada", 11, 20);
    handled();
    await turn();
    expect(await client.catchUp()).toEqual(["said {}", "typing {}", 'cursor {"user":"ada","x":20}']);
  });

  it("a handleOut of a client that is behind: what it pushes follows the rule too", async () => {
    const channel = cursorRoom.handleOut("cursor", (ctx, payload) =>
      ctx.push("cursor", { ...payload, x: payload.x * 2 }),
    );
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    await behind(client);
    for (let x = 1; x <= 10; x++) {
      cursors(client, "ada", x, x);
      await turn();
    }
    client.endpoint.broadcast("room:1", "said", {});
    cursors(client, "ada", 11, 11);
    await turn();
    expect(await client.catchUp()).toEqual([
      MARK,
      'cursor {"user":"ada","x":20}',
      "said {}",
      'cursor {"user":"ada","x":22}',
    ]);
  });
});

describe("ctx.bufferedBytes", () => {
  const looked: number[] = [];
  const channel = cursorRoom.handleIn("look", (ctx) => void looked.push(ctx.bufferedBytes));
  const look = async (client: SlowClient): Promise<number | undefined> => {
    client.send("look");
    await turn();
    return looked.pop();
  };

  it("counts what a client that tells has not read", async () => {
    const client = new SlowClient(socketOf(channel as never));
    await client.join();
    expect(await look(client)).toBeLessThan(100);
    for (let n = 0; n < 10; n++) client.endpoint.broadcast("room:1", "said", { text: "x".repeat(1_000) });
    expect(await look(client)).toBeGreaterThan(10_000);
    client.read();
    expect(await look(client)).toBeLessThan(200);
  });

  it("counts what waits in the process for any other client", async () => {
    const client = new SlowClient(socketOf(channel as never), { extensions: false, kernel: 5_000 });
    await client.join();
    for (let n = 0; n < 10; n++) client.endpoint.broadcast("room:1", "said", { text: "x".repeat(1_000) });
    const bytes = await look(client);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThan(7_500);
    expect(client.connection.read().map(({ event }) => event)).not.toContain("wb_ack");
  });
});
