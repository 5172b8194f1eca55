/** How connections begin and end, whatever host, transport and serializer carry them. */
import { CloseCode, v2Client } from "@wingbeat/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import type { ConnectInfo, SocketDefinition } from "../../src/index.ts";
import { Refusal } from "../../src/admission/refusal.ts";
import { MemoryTransport } from "../../src/transports/memory.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate } from "../integration/inbox.ts";
import { PollClient } from "../integration/poll-client.ts";
import { roomChannel, userSocket } from "../integration/room.ts";
import { serve } from "../integration/serve.ts";
import { Site, ways } from "./client.ts";

describe.each(ways)("over $way", (way) => {
  describe("connect", () => {
    it("gets params, headers and the transport; what it assigns is in every channel", async () => {
      const infos: ConnectInfo[] = [];
      const room = defineChannel("room")
        .assigns<{ name: string }>()
        .join((ctx) => ok({ name: ctx.assigns.name }));
      const socket = defineSocket({
        params: z.object({ name: z.string() }),
        connect: async ({ name }, info) => {
          infos.push(info);
          return ok({ name });
        },
        channels: [room],
      });
      const client = await (await Site.of(way, socket)).connect({ name: "ada" }, { "x-test": "yes" });
      expect(await client.join("room")).toEqual({ status: "ok", response: { name: "ada" } });
      expect(infos.map(({ transport, xHeaders, peer }) => [transport, xHeaders["x-test"], peer.address])).toEqual([
        [way.carrier.transport, "yes", "127.0.0.1"],
      ]);
    });

    const never = (): never => {
      throw new Error("not called");
    };
    it.each<[string, number, SocketDefinition, Record<string, string>, Record<string, string>]>([
      ["refuses", 403, defineSocket({ connect: () => refuse("banned"), channels: [] }), {}, {}],
      ["refuses later", 403, defineSocket({ connect: async () => refuse(), channels: [] }), {}, {}],
      ["throws", 500, defineSocket({ connect: never, channels: [] }), {}, {}],
      [
        "is not asked: a page of another origin",
        403,
        defineSocket({ connect: never, channels: [] }),
        {},
        { origin: "https://evil.example" },
      ],
      ["is not asked: an unknown version", 403, defineSocket({ connect: never, channels: [] }), { vsn: "3.0.0" }, {}],
      [
        "is not asked: params that do not match their schema",
        403,
        defineSocket({ params: z.object({ token: z.string() }), connect: never, channels: [] }),
        {},
        {},
      ],
    ])("that %s: %i", async (_, status, socket, params, headers) => {
      const site = await Site.of(way, socket);
      expect(await site.tryToConnect(params, headers)).toBe(status);
      expect(site.reached.endpoint.connections).toBe(0);
    });

    it("is not asked beyond the limit of connections, nor while the endpoint drains: 503", async () => {
      const site = await Site.of(way, userSocket(), { maxConnections: 1 });
      const client = await site.connect();
      expect(await site.tryToConnect()).toBe(503);
      const draining = site.reached.endpoint.drain();
      expect(await site.tryToConnect()).toBe(503);
      await draining;
      await client.closed;
    });
  });

  describe("the connection", () => {
    it("answers heartbeats", async () => {
      const client = await (await Site.of(way, userSocket())).connect();
      const ref = client.send("phoenix", "heartbeat", {}, null);
      expect(await client.next()).toMatchObject({ ref, topic: "phoenix", payload: { status: "ok", response: {} } });
    });

    it("takes a limited number of channels", async () => {
      const socket = defineSocket({ connect: () => ok({ name: "x" }), channels: [roomChannel()], maxChannels: 2 });
      const client = await (await Site.of(way, socket)).connect();
      await client.join("room:1", {}, "1");
      await client.join("room:2", {}, "2");
      expect(await client.join("room:3", {}, "3")).toEqual({
        status: "error",
        response: { reason: "too many channels joined" },
      });
      expect(await client.call("room:1", "phx_leave")).toMatchObject({ status: "ok" });
      await client.next();
      expect(await client.join("room:3", {}, "4")).toMatchObject({ status: "ok" });
    });

    it("answers what comes too fast with an error, and loses nothing else", async () => {
      const socket = defineSocket({ connect: () => ok({ name: "x" }), channels: [roomChannel()], eventsPerSecond: 5 });
      const client = await (await Site.of(way, socket)).connect();
      await client.join("room:1");
      for (let n = 0; n < 12; n++) client.send("room:1", "count");
      const replies = (await client.take(12)).map(({ payload }) => payload as { status: string; response: object });
      const [refused, counted] = ["error", "ok"].map((status) => replies.filter((reply) => reply.status === status));
      expect(refused?.length).toBeGreaterThan(0);
      for (const { response } of refused ?? []) {
        expect(response).toEqual({ reason: "rate limited", retry_after_ms: expect.any(Number) as number });
      }
      expect(counted?.map(({ response }) => response)).toEqual(counted?.map((_, index) => ({ count: index + 1 })));
    });

    it("is not read while a mailbox is full; nothing is lost", async () => {
      const { passed, open } = gate();
      const slow = defineChannel("slow")
        .join(() => ok())
        .handleIn("echo", async (_ctx, given) => {
          await passed;
          return ok(given);
        });
      const socket = defineSocket({ connect: () => ok(), channels: [slow], maxMailboxMessages: 10 });
      const client = await (await Site.of(way, socket)).connect();
      await client.join("slow");
      const refs = Array.from({ length: 90 }, (_, n) => client.send("slow", "echo", way.dialect.payload(n)));
      open();
      expect((await client.take(90)).map(({ ref }) => ref)).toEqual(refs);
    });
  });

  describe("its end", () => {
    const reasons = async (site: Promise<Site>, ended: string[], end: (site: Site) => void) => {
      const there = await site;
      const client = await there.connect({ name: "ada" });
      await client.join("room:1");
      end(there);
      const { code } = await client.closed;
      return { code, ended };
    };

    it("by a disconnect of its id: 1001", async () => {
      const ended: string[] = [];
      const site = Site.of(
        way,
        userSocket((_topic, reason) => ended.push(reason)),
      );
      const end = ({ reached }: Site): void => reached.endpoint.broadcastUnchecked("user_socket:ada", "disconnect", {});
      const code = way.carrier.closeCode(CloseCode.goingAway);
      expect(await reasons(site, ended, end)).toEqual({ code, ended: ["disconnected"] });
    });

    it("by a restart: 1012", async () => {
      const ended: string[] = [];
      const site = Site.of(
        way,
        userSocket((_topic, reason) => ended.push(reason)),
      );
      const end = ({ reached }: Site): void => void reached.endpoint.drain();
      const code = way.carrier.closeCode(CloseCode.serviceRestart);
      expect(await reasons(site, ended, end)).toEqual({ code, ended: ["shutdown"] });
    });

    it.each([
      ["no JSON", "{["],
      ["no message", '{"a":1}'],
      ["no frame", Buffer.from([9, 9, 9])],
    ])("by %s: 1011, and nobody else is hurt", async (_, data) => {
      const site = await Site.of(way, userSocket());
      const [client, bystander] = [await site.connect(), await site.connect()];
      await bystander.join("room:1");
      client.raw(data);
      expect((await client.closed).code).toBe(way.carrier.closeCode(CloseCode.internalError));
      expect(await bystander.call("room:1", "count")).toMatchObject({ status: "ok" });
    });

    it("by the client: its channels end, its slot is free", async () => {
      const { passed, open } = gate<string>();
      const socket = userSocket((_topic, reason) => open(reason));
      const site = await Site.of(way, socket, { maxConnections: 1 }, { longpoll: { window: 500 } });
      const client = await site.connect();
      await client.join("room:1");
      client.drop();
      expect(await passed).toBe("closed");
      expect(await (await site.connect()).join("room:1")).toMatchObject({ status: "ok" });
    });
  });
});

it("clients of all transports share a topic", async () => {
  const memory = new MemoryTransport();
  const served = await serve({ "/socket": { socket: userSocket(), longpoll: true, transports: [memory] } });
  const received: unknown[] = [];
  const inMemory = await memory.connect({ url: "/socket/memory?vsn=2.0.0" }, () => ({
    received: (data) => received.push(v2Client.decode(data)),
    closed: () => {},
  }));
  if (inMemory instanceof Refusal) throw new Error("refused");
  inMemory.receive(v2Client.encode({ joinRef: "1", ref: "1", topic: "room:1", event: "phx_join", payload: {} }));
  const others = [await FrameClient.open(served.url()), await PollClient.open(served.pollUrl())];
  for (const other of others) await other.join("room:1");
  served.endpoint.broadcastUnchecked("room:1", "shouted", { n: 1 });
  for (const other of others) expect(await other.next()).toEqual([null, null, "room:1", "shouted", { n: 1 }]);
  expect(received.at(-1)).toMatchObject({ topic: "room:1", event: "shouted", payload: { n: 1 } });
});
