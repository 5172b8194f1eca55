/** What only the present official client does: bytes, params as functions, auth tokens, ping. */
import { once } from "node:events";
import { createServer } from "node:http";
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import { binarySocket } from "./bytes.ts";
import { Inbox } from "./inbox.ts";
import { answered, current, currentLongPoll, joined, nextOn, opened } from "./phoenix-clients.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import type { Served } from "./serve.ts";
import { observe } from "./telemetry.ts";

const mount = (served: Served): string => `ws://127.0.0.1:${served.port}/socket`;

describe("phoenix 1.8.16", () => {
  it("evaluates params that are functions at every connection and every join", async () => {
    const served = await serve({ "/socket": userSocket() });
    const connections = observe("socket.connected");
    let connects = 0;
    let joins = 0;
    const socket = current.socket(mount(served), { params: () => ({ name: `ada${++connects}` }) });
    const channel = socket.channel("room:1", () => ({ try: ++joins }));
    const replies = new Inbox<{ params: unknown }>();
    channel.join().receive("ok", (response) => replies.put(response));
    expect((await replies.next()).params).toEqual({ try: 1 });
    served.endpoint.broadcast("user_socket:ada1", "disconnect", {});
    expect((await replies.next()).params).toEqual({ try: 2 });
    expect((await connections.take(2)).map(({ id }) => id)).toEqual(["user_socket:ada1", "user_socket:ada2"]);
  });

  it("sends its auth token as a subprotocol", async () => {
    const served = await serve({ "/socket": { socket: binarySocket, authToken: true } });
    const socket = current.socket(mount(served), { authToken: "s3cret token" });
    await opened(socket);
    const channel = socket.channel("bytes", {});
    expect(await joined(channel)).toEqual({ status: "ok", response: { token: "s3cret token" } });
  });

  it("sends it in a header when it polls", async () => {
    const served = await serve({ "/socket": { socket: binarySocket, authToken: true, longpoll: true } });
    const socket = currentLongPoll.socket(mount(served), { authToken: "s3cret token" });
    await opened(socket);
    const channel = socket.channel("bytes", {});
    expect(await joined(channel)).toEqual({ status: "ok", response: { token: "s3cret token" } });
  });

  it("sends bytes when it polls", async () => {
    const length = defineChannel("length")
      .join(() => ok())
      .handleIn("bytes", (_ctx, payload) => ok({ length: (payload as Uint8Array).length }));
    const socket = defineSocket({ connect: () => ok(), channels: [length] });
    const served = await serve({ "/socket": { socket, longpoll: true } });
    const channel = currentLongPoll.socket(mount(served)).channel("length", {});
    await joined(channel);
    for (const size of [0, 1, 255, 300_000]) {
      const reply = await answered(channel.push("bytes", new Uint8Array(size).buffer));
      expect(reply).toEqual({ status: "ok", response: { length: size } });
    }
  });

  it("sends and gets bytes: pushes, replies and broadcasts, 0 to 300,000 of them", async () => {
    const served = await serve({ "/socket": binarySocket });
    const channel = current.socket(mount(served)).channel("bytes", {});
    await joined(channel);
    for (const size of [0, 1, 255, 65_536, 300_000]) {
      const bytes = Uint8Array.from({ length: size }, (_, index) => (index * 31) % 256);
      const pushed = nextOn(channel, `pushed ${size}`);
      const broadcast = nextOn(channel, `broadcast ${size}`);
      const reply = await answered(channel.push("bytes", bytes.buffer));
      for (const got of [reply.response, await pushed, await broadcast]) {
        expect(Buffer.compare(Buffer.from(got as ArrayBuffer), bytes)).toBe(0);
      }
    }
  });

  it("measures a round trip with ping", async () => {
    const served = await serve({ "/socket": userSocket() });
    const socket = current.socket(mount(served));
    await opened(socket);
    expect(await new Promise<number>((resolve) => socket.ping(resolve))).toBeGreaterThanOrEqual(0);
  });

  it("is closed with 1012 by endpoint.close, and its port is free at once", async () => {
    const served = await serve({ "/socket": userSocket() });
    const socket = current.socket(mount(served));
    await opened(socket);
    const codes = new Inbox<number>();
    socket.onClose(({ code }) => codes.put(code));
    await served.endpoint.close();
    expect(await codes.next()).toBe(1012);
    const plain = createServer().listen(served.port, "127.0.0.1");
    await once(plain, "listening");
    await new Promise((resolve) => plain.close(resolve));
  });
});
