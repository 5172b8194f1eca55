/** Order and fan-out over real sockets. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { SocketDefinition } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { gate } from "./inbox.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";
import type { Served } from "./serve.ts";
import { wires } from "./wires.ts";

const mounted = (socket: SocketDefinition = userSocket()): Promise<Served> =>
  serve({ "/socket": { socket, longpoll: true } });

describe.each(wires)("over $name", (wire) => {
  describe("order", () => {
    it("sends broadcasts before the reply of the handler that made them", async () => {
      const served = await mounted();
      const client = await wire.open(served);
      await client.join("room:1");
      client.send("1", "2", "room:1", "three_then_reply", {});
      expect((await client.inbox.take(4)).map((frame) => (frame as unknown[])[4])).toEqual([
        { n: 1 },
        { n: 2 },
        { n: 3 },
        { status: "ok", response: { n: 4 } },
      ]);
    });

    it("handles the messages of a topic in order, also when handlers are async", async () => {
      let turn = 0;
      const slowFirst = defineChannel("lobby")
        .join(() => ok())
        .handleIn("echo", async (_ctx, payload) => {
          for (let waits = ++turn % 3; waits > 0; waits--) await new Promise((resolve) => setImmediate(resolve));
          return ok(payload);
        });
      const served = await mounted(defineSocket({ connect: () => ok(), channels: [slowFirst] }));
      const client = await wire.open(served);
      await client.join("lobby");
      for (let n = 0; n < 200; n++) client.send("1", `${n}`, "lobby", "echo", { n });
      const frames = (await client.inbox.take(200)) as unknown[][];
      expect(frames.map((frame) => frame[1])).toEqual(Array.from({ length: 200 }, (_, n) => `${n}`));
    });

    it("lets a slow join and a slow handler delay their own topic only", async () => {
      const { passed, open } = gate();
      const slow = defineChannel("slow:{what}")
        .join(async (ctx) => {
          if (ctx.params.what === "join") await passed;
          return ok();
        })
        .handleIn("wait", async () => {
          await passed;
          return ok({ waited: true });
        });
      const quick = defineChannel("quick")
        .join(() => ok())
        .handleIn("echo", (_ctx, payload) => ok(payload));
      const served = await mounted(defineSocket({ connect: () => ok(), channels: [slow, quick] }));
      const client = await wire.open(served);
      client.send("1", "1", "slow:join", "phx_join", {});
      await client.join("slow:handler", {}, "2");
      client.send("2", "3", "slow:handler", "wait", {});
      await client.join("quick", {}, "4");
      expect(await client.call("quick", "echo", { n: 1 }, "4")).toEqual({ status: "ok", response: { n: 1 } });
      client.send(null, "h", "phoenix", "heartbeat", {});
      expect(await client.next()).toMatchObject({ 1: "h" });
      open();
      expect((await client.inbox.take(2)).map((frame) => (frame as unknown[])[2])).toEqual([
        "slow:join",
        "slow:handler",
      ]);
    });

    it("keeps what came while a join was under way, in order", async () => {
      const { passed, open } = gate();
      const slow = defineChannel("slow")
        .join(async () => {
          await passed;
          return ok({ joined: true });
        })
        .handleIn("echo", (_ctx, payload) => ok(payload));
      const served = await mounted(defineSocket({ connect: () => ok(), channels: [slow] }));
      const client = await wire.open(served);
      client.send("1", "1", "slow", "phx_join", {});
      for (let n = 2; n < 12; n++) client.send("1", `${n}`, "slow", "echo", { n });
      await client.settled();
      open();
      expect(((await client.inbox.take(11)) as unknown[][]).map((frame) => frame[1])).toEqual(
        Array.from({ length: 11 }, (_, n) => `${n + 1}`),
      );
    });
  });

  describe("fan-out", () => {
    it("sends 100 broadcasts to 150 clients of both versions, all in order", async () => {
      const served = await mounted();
      const v2 = await Promise.all(Array.from({ length: 100 }, () => wire.open(served)));
      const v1 = await Promise.all(Array.from({ length: 50 }, () => wire.open(served, { vsn: "1.0.0" })));
      for (const client of v2) await client.join("room:1");
      for (const client of v1) {
        client.write(JSON.stringify({ topic: "room:1", event: "phx_join", payload: {}, ref: "1" }));
        await client.next();
      }
      const numbers = Array.from({ length: 100 }, (_, n) => n);
      for (const n of numbers) {
        served.endpoint.broadcast("room:1", "news", { n });
        // Some in one turn of the event loop, some in turns of their own.
        if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const client of v2) {
        expect(await client.inbox.take(100)).toEqual(numbers.map((n) => [null, null, "room:1", "news", { n }]));
      }
      for (const client of v1) {
        expect(await client.inbox.take(100)).toEqual(
          numbers.map((n) => ({ topic: "room:1", event: "news", payload: { n }, ref: null })),
        );
      }
    });

    it("encodes a broadcast once for each version, however many get it", async () => {
      const served = await mounted();
      const clients = await Promise.all(Array.from({ length: 12 }, () => wire.open(served)));
      for (const client of clients) await client.join("room:1");
      const old = await wire.open(served, { vsn: "1.0.0" });
      old.write(JSON.stringify({ topic: "room:1", event: "phx_join", payload: {}, ref: "1" }));
      await old.next();
      let encoded = 0;
      served.endpoint.broadcast("room:1", "news", { toJSON: () => ({ encoded: ++encoded }) });
      const seen = await Promise.all(clients.map((client) => client.next()));
      expect(new Set(seen.map((frame) => JSON.stringify(frame))).size).toBe(1);
      await old.next();
      expect(encoded).toBe(2);
    });

    it("keeps the order of what 20 clients shout at once the same for all", async () => {
      const served = await mounted();
      const clients = await Promise.all(Array.from({ length: 20 }, () => wire.open(served)));
      for (const client of clients) await client.join("room:1");
      clients.forEach((client, who) => {
        for (let n = 0; n < 10; n++) client.send("1", `${n}`, "room:1", "shout", { who, n });
      });
      const [first, ...others] = await Promise.all(clients.map((client) => client.inbox.take(200)));
      for (const seen of others) expect(seen).toEqual(first);
      const ofOne = (first as unknown[][])
        .map((frame) => frame[4] as { who: number; n: number })
        .filter(({ who }) => who === 7);
      expect(ofOne.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    });
  });
});

describe("permessage-deflate", () => {
  it("is used when the mount has it and the client offers it", async () => {
    const served = await serve({ "/socket": { socket: userSocket(), websocket: { compress: true } } });
    const client = await FrameClient.open(served.url(), { perMessageDeflate: { threshold: 0 } });
    const plain = await FrameClient.open(served.url());
    expect([client.socket.extensions, plain.socket.extensions]).toEqual(["permessage-deflate", ""]);
    const text = "Wingbeat ".repeat(10_000);
    for (const each of [client, plain]) await each.join("room:1");
    expect(await client.call("room:1", "echo", { text })).toEqual({ status: "ok", response: { text } });
    for (let n = 0; n < 20; n++) served.endpoint.broadcast("room:1", "news", { n, text });
    for (const each of [client, plain]) {
      expect(((await each.inbox.take(20)) as unknown[][]).map((frame) => (frame[4] as { n: number }).n)).toEqual(
        Array.from({ length: 20 }, (_, n) => n),
      );
    }
  });

  it("is not used without the option, and a close flushes what was sent before", async () => {
    const served = await serve({
      "/socket": userSocket(),
      "/small": { socket: userSocket(), websocket: { compress: true } },
    });
    expect((await FrameClient.open(served.url(), { perMessageDeflate: true })).socket.extensions).toBe("");
    const client = await FrameClient.open(served.url("/small/websocket", { name: "ada" }), { perMessageDeflate: true });
    await client.join("room:1");
    for (let n = 0; n < 30; n++) served.endpoint.broadcast("room:1", "news", { n, text: "x".repeat(5_000) });
    served.endpoint.broadcast("user_socket:ada", "disconnect", {});
    expect((await client.closed).code).toBe(1001);
    expect(client.inbox.rest.length).toBe(30);
  });
});
