/** What one client can do to others by sending much, and what connections that say nothing can do. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";
import { frameBytes, Opcode } from "./tcp-client.ts";

/** Whoever sends `news` is answered, and all others get it. */
const room = defineChannel("room")
  .join(() => ok())
  .handleIn("news", (ctx, payload) => {
    ctx.broadcastFrom("news", payload as object);
    return ok();
  })
  .handleIn("work", () => {
    const endsAt = performance.now() + 5;
    while (performance.now() < endsAt);
    return ok();
  })
  .handleIn("echo", (_ctx, payload) => ok(payload));
const roomSocket = (options: object = {}) => defineSocket({ connect: () => ok(), channels: [room], ...options });

describe("members of a topic", () => {
  it("are not closed by one that sends three frames of 4.9 MB at once", async () => {
    const socket = roomSocket({ bytesPerSecond: 20_000_000 });
    const { url } = await serve({ "/socket": { socket, websocket: { maxFrameSize: 10_000_000 } } });
    const [sender, member] = [await FrameClient.open(url()), await FrameClient.open(url())];
    await Promise.all([sender.join("room"), member.join("room")]);
    const pad = "x".repeat(4_900_000);
    for (let n = 0; n < 3; n++) sender.send("1", `${n}`, "room", "news", { n, pad });
    for (let n = 0; n < 3; n++) expect(((await member.next()) as unknown[])[4]).toMatchObject({ n });
    expect(await member.call("room", "echo", { still: "here" })).toMatchObject({ status: "ok" });
  });

  it("are not closed by 1,900 broadcasts of 16 kB that small messages of one client make", async () => {
    const loud = defineChannel("loud")
      .join(() => ok())
      .handleIn("shout", (ctx) => {
        ctx.broadcastFrom("news", { pad: "x".repeat(16_000) });
        return ok();
      });
    const socket = defineSocket({ connect: () => ok(), channels: [loud], bytesPerSecond: 20_000_000 });
    const { url } = await serve({ "/socket": socket });
    const [sender, member] = [await FrameClient.open(url()), await FrameClient.open(url())];
    await Promise.all([sender.join("loud"), member.join("loud")]);
    for (let n = 0; n < 1_900; n++) sender.send("1", `${n}`, "loud", "shout", {});
    expect(await member.inbox.take(1_900)).toHaveLength(1_900);
  });

  it("are slowed down by nobody: what a message broadcasts counts against its sender", async () => {
    const { url } = await serve({ "/socket": roomSocket({ bytesPerSecond: 100_000 }) });
    const throttled = observe("socket.throttled");
    const [sender, member] = [await FrameClient.open(url()), await FrameClient.open(url())];
    await Promise.all([sender.join("room"), member.join("room")]);
    sender.send("1", "1", "room", "news", { pad: "x".repeat(60_000) });
    expect(await throttled.next()).toMatchObject({ bytesPerSecond: 100_000 });
    expect(await member.next()).toMatchObject({ 3: "news" });
  });
});

describe("a client that sends a thousand messages at once", () => {
  it("has its turn like everybody else: another's message waits for a share of them, not for all", async () => {
    const { url } = await serve({ "/socket": roomSocket() });
    const [busy, other] = [await FrameClient.open(url()), await FrameClient.open(url())];
    await Promise.all([busy.join("room"), other.join("room")]);
    for (let n = 0; n < 200; n++) busy.send("1", `${n}`, "room", "work", {});
    await busy.next();
    expect(await other.call("room", "echo", {})).toMatchObject({ status: "ok" });
    // Most of the other's second of work is still to be done.
    expect(busy.inbox.rest.length).toBeLessThan(100);
    await busy.inbox.take(199);
  });
});

describe("a bomb", () => {
  it("of compressed frames is not inflated for long: the connection closes with 1008", async () => {
    const { port } = await serve({ "/socket": { socket: roomSocket(), websocket: { compress: true } } });
    const client = await openCompressed(port);
    const text = JSON.stringify([null, "1", "phoenix", "heartbeat", { pad: "x".repeat(900_000) }]);
    const deflated = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const frame = frameBytes(Opcode.text, deflated);
    frame[0] = (frame[0] as number) | 0x40;
    client.write(Buffer.concat(Array.from({ length: 60 }, () => frame)));
    const closes = observe("socket.closed");
    expect(await closes.next()).toMatchObject({ code: 1008 });
    client.destroy();
  });
});

describe("connections", () => {
  it("that send nothing, or half a request, are ended", async () => {
    const { port } = await serve({ "/socket": roomSocket() }, { requestTimeout: 100 });
    const [silent, half] = [await openTcp(port), await openTcp(port)];
    half.write("GET /socket/websocket HTTP/1.1\r\nhost: x\r\n");
    await Promise.all([once(silent, "close"), once(half, "close")]);
  });

  it("beyond the limit make room, the oldest first; those that became clients are not counted", async () => {
    const { port, url } = await serve({ "/socket": roomSocket() }, { maxPendingSockets: 2 });
    const ended = observe("endpoint.pending_socket_ended");
    const clients = [await FrameClient.open(url()), await FrameClient.open(url()), await FrameClient.open(url())];
    const first = await openTcp(port);
    const firstClosed = once(first, "close");
    const second = await openTcp(port);
    const third = await openTcp(port);
    await firstClosed;
    expect(await ended.next()).toMatchObject({ limit: 2 });
    expect([second.destroyed, third.destroyed]).toEqual([false, false]);
    for (const client of clients) expect(await client.join("room")).toMatchObject({ status: "ok" });
  });
});

async function openTcp(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "connect");
  return socket;
}

/** A WebSocket that has agreed on permessage-deflate. */
async function openCompressed(port: number): Promise<Socket> {
  const socket = await openTcp(port);
  socket.write(
    `GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
      "sec-websocket-extensions: permessage-deflate; client_no_context_takeover\r\n\r\n",
  );
  await once(socket, "data");
  return socket;
}
