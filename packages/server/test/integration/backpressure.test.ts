/** Clients that do not read, and clients that send more than a channel can take. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { gate } from "./inbox.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import { frameBytes, Opcode, TcpClient } from "./tcp-client.ts";
import { observe } from "./telemetry.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a client that stops reading", () => {
  const LIMIT = 256 * 1024;

  it("is closed with 1013; the others get everything, in order", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), websocket: { maxBufferedBytes: LIMIT } } });
    const slowConsumers = observe("socket.slow_consumer");
    const closes = observe("socket.closed");
    const [stopped, reading] = [await TcpClient.open(served.port), await FrameClient.open(served.url())];
    stopped.send("1", "1", "room:1", "phx_join", {});
    await stopped.next();
    await reading.join("room:1");
    stopped.socket.pause();

    const text = "x".repeat(50_000);
    let sent = 0;
    for (; slowConsumers.rest.length === 0; await turn()) {
      for (let burst = 0; burst < 5; burst++) served.endpoint.broadcast("room:1", "news", { n: sent++, text });
      if (sent > 2_000) throw new Error("100 MB were sent to a client that does not read");
    }
    expect(await slowConsumers.next()).toMatchObject({ path: "/socket", limit: LIMIT });
    expect(await closes.next()).toMatchObject({ code: 1013 });
    expect(served.endpoint.connections).toBe(1);
    expect(served.endpoint.pubsub.size.subscriptions).toBe(1);

    for (let n = 0; n < sent; n++) expect(((await reading.next()) as unknown[])[4]).toMatchObject({ n });
    expect(await reading.call("room:1", "echo", { still: "here" })).toMatchObject({ status: "ok" });

    stopped.socket.resume();
    const closed = await stopped.closed;
    expect(closed).toEqual({ code: 1013, reason: `slow consumer: more than ${LIMIT} bytes buffered` });
    const got = stopped.inbox.rest.map(({ payload }) => (JSON.parse(payload.toString()) as unknown[])[4]);
    expect(got.map((payload) => (payload as { n: number }).n)).toEqual(Array.from(got, (_, n) => n));
    expect(got.length).toBeLessThan(sent);
  });

  it("costs no more memory than four times the limit, and one turn's frames [limit: websocket.maxBufferedBytes]", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), websocket: { maxBufferedBytes: LIMIT } } });
    const slowConsumers = observe("socket.slow_consumer");
    const stopped = await TcpClient.open(served.port);
    stopped.send("1", "1", "room:1", "phx_join", {});
    await stopped.next();
    stopped.socket.pause();
    const text = "x".repeat(10_000);
    while (slowConsumers.rest.length === 0) {
      served.endpoint.broadcast("room:1", "news", { text });
      await turn();
    }
    const { bufferedBytes } = await slowConsumers.next();
    expect(bufferedBytes).toBeGreaterThan(LIMIT);
    expect(bufferedBytes).toBeLessThan(4 * LIMIT + 3 * 10_100);
    stopped.drop();
  });

  it("has a time to read what a single turn sent, and is closed then [limit: websocket.bufferTimeout]", async () => {
    const websocket = { maxBufferedBytes: LIMIT, bufferTimeout: 50 };
    const served = await serve({ "/socket": { socket: userSocket(), websocket } });
    const slowConsumers = observe("socket.slow_consumer");
    const stopped = await TcpClient.open(served.port);
    stopped.send("1", "1", "room:1", "phx_join", {});
    await stopped.next();
    stopped.socket.pause();
    const text = "x".repeat(10_000);
    for (let n = 0; n < 2_000; n++) served.endpoint.broadcast("room:1", "news", { text });
    expect(slowConsumers.rest).toEqual([]);
    expect((await slowConsumers.next()).bufferedBytes).toBeGreaterThan(LIMIT);
    stopped.drop();
  });

  it("is closed with permessage-deflate, too", async () => {
    const websocket = { maxBufferedBytes: LIMIT, compress: true };
    const served = await serve({ "/socket": { socket: userSocket(), websocket } });
    const slowConsumers = observe("socket.slow_consumer");
    const stopped = await FrameClient.open(served.url(), { perMessageDeflate: true });
    await stopped.join("room:1");
    stopped.socket.pause();
    const { randomBytes } = await import("node:crypto");
    for (let sent = 0; slowConsumers.rest.length === 0; sent++) {
      served.endpoint.broadcast("room:1", "news", { text: randomBytes(30_000).toString("base64") });
      await turn();
      if (sent > 2_000) throw new Error("80 MB were sent to a client that does not read");
    }
    expect(served.endpoint.connections).toBe(0);
  });
});

describe("a client that reads", () => {
  it("gets everything, however much one turn sends", async () => {
    const { endpoint, url } = await serve({
      "/socket": { socket: userSocket(), websocket: { maxBufferedBytes: 256 * 1024 } },
    });
    const client = await FrameClient.open(url());
    await client.join("room:1");
    const pad = "x".repeat(1_000_000);
    for (let n = 0; n < 20; n++) endpoint.broadcast("room:1", "news", { n, pad });
    for (let n = 0; n < 20; n++) expect(((await client.next()) as unknown[])[4]).toMatchObject({ n });
    expect(await client.call("room:1", "echo", { still: "here" })).toMatchObject({ status: "ok" });
  });
});

describe("a client that asks faster than it reads", () => {
  it("is slowed down, not closed, and gets every answer once it reads", async () => {
    const echo = defineChannel("echo")
      .join(() => ok())
      .handleIn("echo", (_ctx, payload) => ok(payload));
    const rates = { eventsPerSecond: Infinity, bytesPerSecond: Infinity };
    const socket = defineSocket({ connect: () => ok(), channels: [echo], ...rates });
    const { url, endpoint } = await serve({ "/socket": { socket, websocket: { maxBufferedBytes: 256 * 1024 } } });
    const client = await FrameClient.open(url());
    await client.join("echo");
    client.socket.pause();
    const count = 4_000;
    const pad = "x".repeat(5_000);
    for (let n = 0; n < count; n++) client.send("1", `${n}`, "echo", "echo", { n, pad });
    for (let turns = 0; turns < 500; turns++) await turn();
    expect(endpoint.connections).toBe(1);
    expect(client.socket.bufferedAmount).toBeGreaterThan(1_000_000);
    client.socket.resume();
    const frames = (await client.inbox.take(count)) as unknown[][];
    expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
  });

  const pinged = defineSocket({ connect: () => ok(), channels: [], bytesPerSecond: Infinity });

  it("is slowed down when it pings, too", async () => {
    const websocket = { maxBufferedBytes: 64 * 1024 };
    const { port, endpoint } = await serve({ "/socket": { socket: pinged, websocket } });
    const client = await TcpClient.open(port);
    client.socket.pause();
    const count = 150_000;
    const payload = (n: number): string => `${n}`.padStart(100, "0");
    for (let n = 0; n < count; n++) client.write(frameBytes(Opcode.ping, payload(n)));
    for (let turns = 0; turns < 500; turns++) await turn();
    expect(endpoint.connections).toBe(1);
    expect(client.socket.writableLength).toBeGreaterThan(1_000_000);
    client.socket.resume();
    const pongs = await client.inbox.take(count);
    expect(pongs.every(({ opcode }) => opcode === Opcode.pong)).toBe(true);
    expect(pongs.map((frame) => frame.payload.toString())).toEqual(Array.from({ length: count }, (_, n) => payload(n)));
    client.drop();
  });

  it("is closed when it pings with permessage-deflate and does not read the pongs", async () => {
    const websocket = { maxBufferedBytes: 64 * 1024, compress: true };
    const { url } = await serve({ "/socket": { socket: pinged, websocket } });
    const slowConsumers = observe("socket.slow_consumer");
    const client = await FrameClient.open(url(), { perMessageDeflate: true });
    client.socket.pause();
    for (let sent = 0; slowConsumers.rest.length === 0; sent++) {
      for (let burst = 0; burst < 500; burst++) client.socket.ping("x".repeat(100));
      await turn();
      if (sent > 2_000) throw new Error("100 MB of pings were answered to a client that does not read");
    }
    expect(await slowConsumers.next()).toMatchObject({ path: "/socket", limit: 64 * 1024 });
  });
});

describe("a client that sends more than a channel can take", () => {
  const slowRoom = (passed: Promise<void>, handled: () => void = () => {}) =>
    defineChannel("slow")
      .join(() => ok())
      .handleIn("work", async (_ctx, payload) => {
        await passed;
        handled();
        return ok(payload);
      });

  it("is not read while a mailbox is full, and is read again when it has drained; nothing is lost [limit: socket.maxMailboxMessages]", async () => {
    const { passed, open } = gate();
    const socket = defineSocket({
      connect: () => ok(),
      channels: [slowRoom(passed)],
      maxMailboxMessages: 10,
      eventsPerSecond: Infinity,
      bytesPerSecond: Infinity,
    });
    const { url } = await serve({ "/socket": socket });
    const [paused, resumed] = [observe("socket.paused"), observe("socket.resumed")];
    const client = await FrameClient.open(url());
    await client.join("slow");
    const count = 3_000;
    const pad = "x".repeat(5_000);
    for (let n = 0; n < count; n++) client.send("1", `${n}`, "slow", "work", { n, pad });
    expect(await paused.next()).toMatchObject({ topic: "slow", waiting: 10 });
    // 15 MB were sent; what the kernel does not hold must still wait at the client.
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(client.socket.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(resumed.rest.length).toBe(0);
    open();
    const frames = (await client.inbox.take(count)) as unknown[][];
    expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
    expect(await resumed.next()).toMatchObject({ topic: "slow", waiting: 5 });
  });

  it.each([
    ["text", 1],
    ["empty objects, which take 20 times as much memory as JSON", 20],
  ])("stops at maxMailboxBytes, with %s [limit: socket.maxMailboxBytes]", async (_what, factor) => {
    const { passed, open } = gate();
    const maxMailboxBytes = 1_000_000;
    const socket = defineSocket({ connect: () => ok(), channels: [slowRoom(passed)], maxMailboxBytes });
    const { url } = await serve({ "/socket": socket });
    const [paused, resumed] = [observe("socket.paused"), observe("socket.resumed")];
    const client = await FrameClient.open(url());
    await client.join("slow");
    const big = factor === 1 ? "x".repeat(30_000) : Array.from({ length: 10_000 }, () => ({}));
    const count = 40;
    for (let n = 0; n < count; n++) client.send("1", `${n}`, "slow", "work", { n, big });
    const { limit, waiting } = await paused.next();
    expect(limit).toBe("maxMailboxBytes");
    expect(waiting).toBeGreaterThanOrEqual(maxMailboxBytes);
    expect(waiting).toBeLessThan(maxMailboxBytes + 30_000 * 2 * factor + 1_000);
    for (let turns = 0; turns < 100; turns++) await turn();
    expect(resumed.rest).toEqual([]);
    open();
    const frames = (await client.inbox.take(count)) as unknown[][];
    expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: count }, (_, n) => `${n}`));
    expect((await resumed.next()).limit).toBe("maxMailboxBytes");
  });

  it("counts what waits for a slow join, and on all channels together", async () => {
    const { passed, open } = gate();
    const slowJoin = defineChannel("join:*")
      .join(async () => {
        await passed;
        return ok();
      })
      .handleIn("work", () => ok());
    const socket = defineSocket({ connect: () => ok(), channels: [slowJoin], maxMailboxBytes: 100_000 });
    const { url } = await serve({ "/socket": socket });
    const paused = observe("socket.paused");
    const client = await FrameClient.open(url());
    const pad = "x".repeat(3_000);
    for (let n = 0; n < 30; n++) {
      client.send("1", `j${n}`, `join:${n}`, "phx_join", {});
      client.send("1", `${n}`, `join:${n}`, "work", { n, pad });
    }
    expect(await paused.next()).toMatchObject({ limit: "maxMailboxBytes" });
    expect(paused.rest).toEqual([]);
    open();
    const answers = ((await client.inbox.take(60)) as unknown[][]).map((frame) => frame[1]);
    expect(answers.toSorted()).toEqual(
      Array.from({ length: 30 }, (_, n) => [`${n}`, `j${n}`])
        .flat()
        .toSorted(),
    );
  });

  it("does not delay other connections", async () => {
    const { passed, open } = gate();
    const quick = defineChannel("quick")
      .join(() => ok())
      .handleIn("echo", (_ctx, payload) => ok(payload));
    const socket = defineSocket({ connect: () => ok(), channels: [slowRoom(passed), quick], maxMailboxMessages: 5 });
    const { url } = await serve({ "/socket": socket });
    const paused = observe("socket.paused");
    const [eager, other] = [await FrameClient.open(url()), await FrameClient.open(url())];
    await eager.join("slow");
    await other.join("quick");
    for (let n = 0; n < 50; n++) eager.send("1", `${n}`, "slow", "work", {});
    await paused.next();
    expect(await other.call("quick", "echo", { n: 1 })).toEqual({ status: "ok", response: { n: 1 } });
    open();
    await eager.inbox.take(50);
  });

  it.each([
    ["has gone away", (client: TcpClient) => void client.socket.end()],
    ["is still there", () => {}],
  ])(
    "is closed as idle when its channel is busy for the whole timeout, whether it %s or not",
    async (_, afterwards) => {
      const socket = defineSocket({
        connect: () => ok(),
        channels: [slowRoom(new Promise(() => {}))],
        maxMailboxMessages: 2,
      });
      const served = await serve({ "/socket": { socket, websocket: { timeout: 100 } } });
      const [paused, closes] = [observe("socket.paused"), observe("socket.closed")];
      const client = await TcpClient.open(served.port);
      client.send("1", "1", "slow", "phx_join", {});
      await client.next();
      for (let n = 0; n < 10; n++) client.send("1", `${n}`, "slow", "work", {});
      await paused.next();
      // More than the paused socket takes up: only then does nobody see the end of the connection.
      client.text("x".repeat(500_000));
      afterwards(client);
      expect(await closes.next()).toMatchObject({ code: 1002 });
      client.drop();
      expect(served.endpoint.connections).toBe(0);
      expect(served.endpoint.pubsub.size.subscriptions).toBe(0);
    },
  );

  it("may go away meanwhile: its session ends when the handler does", async () => {
    const { passed, open } = gate();
    const handled: true[] = [];
    const slow = slowRoom(passed, () => handled.push(true));
    const served = await serve({
      "/socket": defineSocket({ connect: () => ok(), channels: [slow], maxMailboxMessages: 3 }),
    });
    const [paused, closes] = [observe("socket.paused"), observe("socket.closed")];
    const client = await TcpClient.open(served.port);
    client.send("1", "1", "slow", "phx_join", {});
    await client.next();
    for (let n = 0; n < 20; n++) client.send("1", `${n}`, "slow", "work", {});
    await paused.next();
    client.drop();
    open();
    await closes.next();
    expect(served.endpoint.connections).toBe(0);
    expect(served.endpoint.pubsub.size.subscriptions).toBe(0);
    expect(handled.length).toBeGreaterThan(0);
  });

  it("drops what overruns an intercepting channel; neither the channel nor the process ends", async () => {
    const stuck = defineChannel("stuck")
      .join(() => ok())
      .handleOut("news", () => new Promise<void>(() => {}));
    const served = await serve({
      "/socket": defineSocket({ connect: () => ok(), channels: [stuck], maxMailboxMessages: 20 }),
    });
    const dropped = observe("channel.dropped");
    const client = await FrameClient.open(served.url());
    await client.join("stuck");
    for (let n = 0; n < 30; n++) served.endpoint.broadcast("stuck", "news", { n });
    expect(await dropped.next()).toMatchObject({ topic: "stuck", event: "news", count: 1 });
    expect(await client.join("stuck", {}, "2")).toMatchObject({ status: "ok" });
  });
});
