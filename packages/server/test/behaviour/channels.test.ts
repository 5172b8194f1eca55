/** What channels promise, whatever host, transport and serializer carry their messages. */
import { describe, expect, it } from "vitest";
import { defineChannel, definePresence, defineSocket, ok } from "../../src/index.ts";
import { roomChannel, userSocket } from "../integration/room.ts";
import { gate } from "../integration/inbox.ts";
import { Site, ways } from "./client.ts";
import type { Client } from "./client.ts";

describe.each(ways)("over $way", (way) => {
  const { payload, numberIn } = way.dialect;

  describe("a join", () => {
    it("is answered with what join returns; other topics get nothing of it", async () => {
      const site = await Site.of(way, userSocket());
      const [one, two] = [await site.connect({ name: "ada" }), await site.connect({ name: "bob" })];
      expect(await two.join("room:2")).toMatchObject({ status: "ok" });
      expect(await one.join("room:1", { since: 3 })).toEqual({
        status: "ok",
        response: { id: "1", name: "ada", params: { since: 3 } },
      });
      expect(await two.call("room:2", "count")).toEqual({ status: "ok", response: { count: 1 } });
    });

    it.each([
      ["that is refused", "room:closed", { reason: "unauthorized" }],
      ["that crashes", "room:broken", { reason: "join crashed" }],
      ["of a topic without a channel", "nothing:1", { reason: "unmatched topic" }],
    ])("%s gets an error; nothing is joined", async (_, topic, response) => {
      const client = await (await Site.of(way, userSocket())).connect();
      expect(await client.join(topic)).toEqual({ status: "error", response });
      expect(await client.call(topic, "echo")).toEqual({ status: "error", response: { reason: "unmatched topic" } });
    });

    it("delays its own topic only, and keeps what comes meanwhile in order", async () => {
      const { passed, open } = gate();
      const slow = defineChannel("slow")
        .join(async () => {
          await passed;
          return ok();
        })
        .handleIn("echo", (_ctx, given) => ok(given));
      const site = await Site.of(
        way,
        defineSocket({ connect: () => ok({ name: "x" }), channels: [slow, roomChannel()] }),
      );
      const client = await site.connect();
      const join = client.send("slow", "phx_join");
      const pushes = [1, 2, 3].map((n) => client.send("slow", "echo", payload(n)));
      await client.join("room:1");
      site.reached.endpoint.broadcastUnchecked("slow", "early", {});
      open();
      const messages = await client.take(5);
      expect(messages.map(({ event, ref }) => ref ?? event)).toEqual([join, "early", ...pushes]);
    });

    it("of a topic that is joined replaces it: the new reply comes first, then the old one is closed", async () => {
      const ended: unknown[] = [];
      const socket = userSocket((topic, reason) => ended.push([topic, reason]));
      const client = await (await Site.of(way, socket)).connect();
      await client.join("room:1");
      await client.call("room:1", "count");
      expect(await client.join("room:1", {}, "2")).toMatchObject({ status: "ok" });
      expect(await client.next()).toMatchObject({ topic: "room:1", event: "phx_close", ref: "1" });
      expect(ended).toEqual([["room:1", "duplicate_join"]]);
      client.send("room:1", "count", {}, "2");
      expect((await client.next()).payload).toEqual({ status: "ok", response: { count: 1 } });
    });
  });

  describe("a push", () => {
    it("is answered by its handler: with the payload as it was sent", async () => {
      const client = await (await Site.of(way, userSocket())).connect();
      await client.join("room:1");
      const { status, response } = await client.call("room:1", "echo", payload(7));
      expect([status, numberIn(response)]).toEqual(["ok", 7]);
      const refused = await client.call("room:1", "fail", payload(8));
      expect([refused.status, numberIn(refused.response)]).toEqual(["error", 8]);
    });

    it("of an event without a handler, and one to a topic that is not joined, get an error", async () => {
      const client = await (await Site.of(way, userSocket())).connect();
      await client.join("room:1");
      expect(await client.call("room:1", "no_such", payload(1))).toMatchObject({
        status: "error",
        response: { reason: "unknown event" },
      });
      expect(await client.call("room:2", "echo")).toEqual({ status: "error", response: { reason: "unmatched topic" } });
    });

    it("is handled after those before it on its topic, also when handlers are async", async () => {
      let turn = 0;
      const slowFirst = defineChannel("lobby")
        .join(() => ok())
        .handleIn("echo", async (_ctx, given) => {
          for (let waits = ++turn % 3; waits > 0; waits--) await new Promise((resolve) => setImmediate(resolve));
          return ok(given);
        });
      const client = await (await Site.of(way, defineSocket({ connect: () => ok(), channels: [slowFirst] }))).connect();
      await client.join("lobby");
      const refs = Array.from({ length: 200 }, (_, n) => client.send("lobby", "echo", payload(n)));
      expect((await client.take(200)).map(({ ref }) => ref)).toEqual(refs);
    });

    it("of an earlier join is dropped", async () => {
      const client = await (await Site.of(way, userSocket())).connect();
      await client.join("room:1", {}, "5");
      if (way.dialect.vsn === "1.0.0") return; // V1 clients have no join_ref
      client.send("room:1", "count", {}, "4");
      client.send("room:1", "count", {}, "5");
      expect((await client.next()).payload).toEqual({ status: "ok", response: { count: 1 } });
    });
  });

  describe("a broadcast", () => {
    const members = async (count: number): Promise<{ site: Site; clients: Client[] }> => {
      const site = await Site.of(way, userSocket());
      const clients: Client[] = [];
      for (let n = 0; n < count; n++) {
        const client = await site.connect();
        await client.join("room:1");
        clients.push(client);
      }
      return { site, clients };
    };

    it("reaches every member once, in order, and its sender before the reply of the handler", async () => {
      const { clients } = await members(3);
      const ref = (clients[0] as Client).send("room:1", "three_then_reply");
      for (const [index, client] of clients.entries()) {
        const shouted = await client.take(3);
        expect(shouted.map(({ event, payload: given }) => [event, given])).toEqual(
          [1, 2, 3].map((n) => ["shouted", { n }]),
        );
        if (index === 0) expect(await client.next()).toMatchObject({ ref, payload: { status: "ok" } });
      }
    });

    it("carries its payload as it was given; broadcastFrom leaves its sender out", async () => {
      const { site, clients } = await members(3);
      const [sender, ...others] = clients as [Client, ...Client[]];
      sender.send("room:1", "others", payload(1));
      for (const other of others) expect(numberIn((await other.next()).payload)).toBe(1);
      sender.send("room:1", "shout", payload(2));
      site.reached.endpoint.broadcastUnchecked("room:1", "shouted", payload(3));
      for (const client of clients) {
        expect((await client.take(2)).map((message) => numberIn(message.payload)).toSorted()).toEqual([2, 3]);
      }
    });

    it("that is intercepted goes to handleOut, in order with those that are not", async () => {
      const room = defineChannel("room")
        .join(() => ok())
        .handleOut("odd", async (ctx, given) => {
          await Promise.resolve();
          ctx.push("was odd", given as object);
        });
      const site = await Site.of(way, defineSocket({ connect: () => ok(), channels: [room] }));
      const client = await site.connect();
      await client.join("room");
      for (let n = 0; n < 20; n++) {
        site.reached.endpoint.broadcastUnchecked("room", n % 2 === 0 ? "even" : "odd", payload(n));
      }
      const messages = await client.take(20);
      expect(messages.map((message) => [message.event, numberIn(message.payload)])).toEqual(
        Array.from({ length: 20 }, (_, n) => [n % 2 === 0 ? "even" : "was odd", n]),
      );
    });
  });

  describe("the end of a channel", () => {
    it("by the client's leave is confirmed, then closed; the topic is free", async () => {
      const ended: unknown[] = [];
      const site = await Site.of(
        way,
        userSocket((topic, reason) => ended.push([topic, reason])),
      );
      const client = await site.connect();
      await client.join("room:1");
      expect(await client.call("room:1", "phx_leave")).toEqual({ status: "ok", response: {} });
      expect(await client.next()).toMatchObject({ topic: "room:1", event: "phx_close", ref: "1" });
      expect(ended).toEqual([["room:1", "left"]]);
      expect(await client.call("room:1", "echo")).toMatchObject({ status: "error" });
      expect(await client.join("room:1", {}, "9")).toMatchObject({ status: "ok" });
    });

    it("by a crash is phx_error, without what was thrown; other channels and clients go on", async () => {
      const site = await Site.of(way, userSocket());
      const [client, bystander] = [await site.connect(), await site.connect()];
      await client.join("room:1");
      await client.join("room:2", {}, "2");
      await bystander.join("room:1");
      client.send("room:1", "crash");
      expect(await client.next()).toMatchObject({
        topic: "room:1",
        event: "phx_error",
        payload: { reason: "channel_crash" },
      });
      client.send("room:2", "count", {}, "2");
      expect((await client.next()).payload).toMatchObject({ status: "ok" });
      expect(await bystander.call("room:1", "count")).toMatchObject({ status: "ok" });
      expect(await client.join("room:1", {}, "3")).toMatchObject({ status: "ok" });
    });

    it.each([
      ["normal", "phx_close"],
      ["fired", "phx_error"],
    ])("by stop(%j, reply) sends the reply, then %s", async (reason, event) => {
      const client = await (await Site.of(way, userSocket())).connect();
      await client.join("room:1");
      expect(await client.call("room:1", "stop", { reason })).toEqual({ status: "ok", response: { bye: true } });
      expect(await client.next()).toMatchObject({ topic: "room:1", event });
    });
  });

  describe("presences", () => {
    it("come as the state first, then as diffs: who joined, who left", async () => {
      const presence = definePresence<{ n: number }>();
      const room = defineChannel("room").join((ctx, params) => {
        presence.track(ctx, (params as { key: string }).key, { n: 1 });
        presence.pushState(ctx);
        return ok();
      });
      const socket = defineSocket({ connect: () => ok(), channels: [room] });
      const site = await Site.of(way, socket, { presence: [presence] });
      const [ada, bob] = [await site.connect(), await site.connect()];
      const comesWith = async (client: Client, key: string): Promise<unknown> => {
        await client.join("room", { key });
        const messages = await client.take(2); // with one's own diff
        const state = messages.find(({ event }) => event === "presence_state");
        return Object.keys(state?.payload as object).toSorted();
      };
      expect(await comesWith(ada, "ada")).toEqual(["ada"]);
      expect(await comesWith(bob, "bob")).toEqual(["ada", "bob"]);
      const bobs = { bob: { metas: [expect.objectContaining({ n: 1 }) as object] } };
      expect(await ada.next()).toMatchObject({ event: "presence_diff", payload: { joins: bobs, leaves: {} } });
      bob.send("room", "phx_leave");
      expect(await ada.next()).toMatchObject({ event: "presence_diff", payload: { joins: {}, leaves: bobs } });
    });
  });
});
