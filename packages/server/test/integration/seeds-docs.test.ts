/** Seed 4, line by line, frame by frame. The ids are those of conformance/seed-checks.md. */
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { BroadcastError, createEndpoint, localAdapter, PubSub } from "../../src/index.ts";
import { Inbox } from "./inbox.ts";
import { roomsSocket } from "./seeds-rooms.ts";
import { replyOf } from "./protocol-client.ts";
import type { ProtocolClient, Received } from "./protocol-client.ts";
import { serve, urlsOf } from "./serve.ts";
import type { Served } from "./serve.ts";
import { observe } from "./telemetry.ts";
import { wiresOf } from "./wires.ts";

const mount = "/ws";
const start = (left?: Parameters<typeof roomsSocket>[0]): Promise<Served> =>
  serve({ [mount]: { socket: roomsSocket(left), longpoll: { window: 1_000 } } });
const eventOf = (frame: Received): [string, unknown] => {
  const [, , , event, payload] = frame as unknown[];
  return [event as string, payload];
};

describe.each(wiresOf(mount))("over $name", (wire) => {
  const open = (served: Pick<Served, "url" | "pollUrl">, user: string, ignores = ""): Promise<ProtocolClient> =>
    wire.open(served, { user, ignores });
  const inRoom = async (
    served: Served,
    user: string,
    topic = "rooms:12",
    ignores?: string,
  ): Promise<ProtocolClient> => {
    const client = await open(served, user, ignores);
    await client.join(topic);
    return client;
  };
  describe("topics and routing", () => {
    it("S4-01 S4-02 PubSub carries topics without any channel: several subscribe, several broadcast", () => {
      const pubsub = new PubSub();
      const seen: unknown[] = [];
      for (const owner of ["a", "b"]) {
        pubsub.subscribe({ topic: "rooms:lobby", owner, receive: (message) => void seen.push([owner, message]) });
      }
      pubsub.broadcast("rooms:lobby", 1);
      pubsub.broadcastFrom("a", "rooms:lobby", 2);
      pubsub.broadcast("rooms:other", 3);
      expect(seen).toEqual([
        ["a", 1],
        ["b", 1],
        ["b", 2],
      ]);
    });

    it("S4-03 S4-04 S4-05 rooms:lobby has a channel of its own, rooms:<id> hands the rest over", async () => {
      const client = await open(await start(), "ada");
      expect(await client.join("rooms:lobby")).toEqual({ status: "ok", response: { room: "the lobby" } });
      expect(await client.join("rooms:12")).toEqual({ status: "ok", response: { room: "12" } });
      expect(await client.join("rooms:34")).toEqual({ status: "ok", response: { room: "34" } });
      expect(await client.join("elsewhere")).toEqual({ status: "error", response: { reason: "unmatched topic" } });
    });
  });

  describe("authorisation", () => {
    it("S4-06 without a join there is no sending, and nothing arrives", async () => {
      const served = await start();
      const client = await open(served, "ada");
      expect(await client.call("rooms:12", "new:msg", { body: "x" })).toEqual({
        status: "error",
        response: { reason: "unmatched topic" },
      });
      served.endpoint.broadcast("rooms:12", "current:rank", { val: 1 });
      await client.settled();
      expect(client.inbox.rest).toEqual([]);
    });

    it("S4-07 S4-08 S4-09 S4-10 join decides by what the client sent along; a refused one stays outside", async () => {
      const served = await start();
      const client = await open(served, "ada");
      expect(await client.join("rooms:12", { token: "right" })).toEqual({ status: "ok", response: { room: "12" } });
      expect(await client.join("rooms:34", { token: "wrong" })).toEqual({ status: "error", response: {} });
      served.endpoint.broadcast("rooms:34", "current:rank", { val: 1 });
      expect(await client.call("rooms:34", "rank")).toEqual({
        status: "error",
        response: { reason: "unmatched topic" },
      });
    });

    it("S4-11 any other value of join or of a handler is an error that says what is allowed", async () => {
      const crashed = observe("channel.crashed");
      const client = await open(await start(), "ada");
      expect(await client.join("rooms:12", { token: "raises" })).toEqual({
        status: "error",
        response: { reason: "join crashed" },
      });
      expect((await crashed.next()).error).toMatchObject({
        code: "WB_BAD_RETURN",
        message: expect.stringContaining("ok(reply?)"),
      });
      await client.join("rooms:12");
      client.send("1", "2", "rooms:12", "returns", {});
      expect(eventOf(await client.next())).toEqual(["phx_error", { reason: "channel_crash" }]);
      expect((await crashed.next()).error).toMatchObject({
        code: "WB_BAD_RETURN",
        message: expect.stringContaining("returned number"),
      });
    });
  });

  describe("incoming", () => {
    it("S4-12 S4-14 S4-38 events go by name, which may have colons; the payload is the handler's argument", async () => {
      const client = await inRoom(await start(), "ada");
      client.send("1", null, "rooms:12", "new:msg", { body: "hi" });
      expect(eventOf(await client.next())).toEqual(["new:msg", { uid: "ada", body: "hi", is_editable: true }]);
    });

    it("S4-13 state stays with the channel from message to message, and with no other", async () => {
      const client = await inRoom(await start(), "ada");
      await client.join("rooms:34");
      for (const count of [1, 2])
        expect(await client.call("rooms:12", "count")).toEqual({ status: "ok", response: { count } });
      expect(await client.call("rooms:34", "count")).toEqual({ status: "ok", response: { count: 1 } });
    });

    it("S4-15 the server may end a channel from handleIn and from handleOut", async () => {
      const served = await start();
      const client = await inRoom(served, "ada");
      client.send("1", "2", "rooms:12", "quit", {});
      expect(await client.next()).toEqual(["1", "1", "rooms:12", "phx_close", {}]);
      await client.join("rooms:12", {}, "3");
      client.send("3", "4", "rooms:12", "fail", {});
      expect(replyOf(await client.next())).toEqual({ status: "ok", response: { sorry: true } });
      expect(eventOf(await client.next())[0]).toBe("phx_error");
      await client.join("rooms:12", {}, "5");
      served.endpoint.broadcast("rooms:12", "room:full", {});
      expect(await client.next()).toEqual(["5", "5", "rooms:12", "phx_close", {}]);
      expect(served.endpoint.pubsub.size.topics).toBe(0);
    });

    it("S4-16 S4-36 current:rank answers this client as an event, or as a reply", async () => {
      const served = await start();
      const [ada, bob] = [await inRoom(served, "ada"), await inRoom(served, "bob")];
      ada.send("1", "2", "rooms:12", "current:rank", {});
      expect(await ada.next()).toEqual(["1", null, "rooms:12", "current:rank", { val: 7 }]);
      expect(await ada.call("rooms:12", "rank")).toEqual({ status: "ok", response: { val: 7 } });
      await bob.settled();
      expect(bob.inbox.rest).toEqual([]);
    });

    it("S4-17 an unknown event is answered with an error and does no harm", async () => {
      const client = await inRoom(await start(), "ada");
      expect(await client.call("rooms:12", "what:ever")).toEqual({
        status: "error",
        response: { reason: "unknown event" },
      });
      expect(await client.call("rooms:12", "rank")).toMatchObject({ status: "ok" });
    });
  });

  describe("outgoing", () => {
    it("S4-18 S4-20 S4-25 S4-27 handleOut says to each subscriber whether a message is its own", async () => {
      const served = await start();
      const [ada, bob] = [await inRoom(served, "ada"), await inRoom(served, "bob")];
      ada.send("1", "2", "rooms:12", "new:msg", { body: "hi" });
      expect(eventOf(await ada.next())).toEqual(["new:msg", { uid: "ada", body: "hi", is_editable: true }]);
      expect(eventOf(await bob.next())).toEqual(["new:msg", { uid: "ada", body: "hi", is_editable: false }]);
    });

    it("S4-19 an event without handleOut goes out as it is", async () => {
      const served = await start();
      const client = await inRoom(served, "ada");
      served.endpoint.broadcast("rooms:12", "untouched", { a: 1 });
      expect(await client.next()).toEqual([null, null, "rooms:12", "untouched", { a: 1 }]);
    });

    it("S4-21 S4-29 S4-32 user:joined goes to the others, but not to those who ignore the user", async () => {
      const served = await start();
      const ada = await inRoom(served, "ada");
      const bob = await inRoom(served, "bob", "rooms:12", "ada,carol");
      const dan = await inRoom(served, "dan");
      ada.send("1", "2", "rooms:12", "user:joined", {});
      expect(eventOf(await dan.next())).toEqual(["user:joined", { user: "ada" }]);
      for (const client of [ada, bob]) {
        await client.settled();
        expect(client.inbox.rest).toEqual([]);
      }
    });

    it("S4-22 broadcasts return nothing, so a handler may end with one", async () => {
      const { endpoint } = await start();
      expect(endpoint.broadcast("rooms:12", "x", {})).toBeUndefined();
    });
  });

  describe("from outside", () => {
    it("S4-23 S4-26 S4-28 an HTTP controller and another channel broadcast on topics that are not theirs", async () => {
      const endpoint = createEndpoint({
        sockets: { [mount]: { socket: roomsSocket(), longpoll: true } },
        logger: false,
      });
      const server = createServer((request, response) => {
        const id = /^\/rooms\/(\w+)\/messages$/.exec(request.url ?? "")?.[1] ?? "";
        endpoint.broadcast(`rooms:${id}`, "new:msg", { uid: "http", body: "posted" });
        response.writeHead(201).end();
      });
      endpoint.attach(server);
      onTestFinished(() => endpoint.close());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as { port: number };
      const clients = [];
      for (const topic of ["rooms:12", "rooms:superadmin"]) {
        const client = await open(urlsOf(port), "ada");
        await client.join(topic);
        clients.push(client);
      }
      const [room, admin] = clients as [ProtocolClient, ProtocolClient];
      expect((await fetch(`http://127.0.0.1:${port}/rooms/12/messages`, { method: "POST" })).status).toBe(201);
      expect(eventOf(await room.next())).toEqual(["new:msg", { uid: "http", body: "posted", is_editable: false }]);
      room.send("1", "2", "rooms:12", "new:msg", { body: "copy" });
      expect(eventOf(await admin.next())).toEqual(["new:msg", { uid: "ada", body: "copy", is_editable: true }]);
    });

    it("S4-24 broadcasts from outside pass handleOut like those from inside", async () => {
      const served = await start();
      const client = await inRoom(served, "bob", "rooms:12", "ada");
      served.endpoint.broadcast("rooms:12", "user:joined", { user: "ada" });
      served.endpoint.broadcast("rooms:12", "user:joined", { user: "eve" });
      expect(eventOf(await client.next())).toEqual(["user:joined", { user: "eve" }]);
    });

    it("S4-28 S4-33 S4-34 a broadcast that the adapter refuses throws BroadcastError, and nobody gets it", async () => {
      const refusing = {
        ...localAdapter(),
        broadcast: () => {
          throw new Error("no connection");
        },
      };
      const served = await serve({ [mount]: { socket: roomsSocket(), longpoll: true } }, { pubsub: refusing });
      const client = await inRoom(served, "ada");
      for (const send of [
        () => served.endpoint.broadcast("rooms:12", "x", {}),
        () => served.endpoint.broadcastFrom({}, "rooms:12", "x", {}),
      ]) {
        expect(send).toThrow(BroadcastError);
        expect(send).toThrow(expect.objectContaining({ code: "WB_BROADCAST", topic: "rooms:12" }));
      }
      served.endpoint.localBroadcast("rooms:12", "here", {});
      expect(eventOf(await client.next())).toEqual(["here", {}]);
    });

    it("S4-30 S4-31 broadcastFrom takes an explicit sender, who gets nothing", async () => {
      const { endpoint } = await start();
      const seen: string[] = [];
      const [a] = ["a", "b"].map((name) =>
        endpoint.subscribe("rooms:12", ({ event }) => void seen.push(`${name} ${event}`)),
      );
      endpoint.broadcastFrom(a, "rooms:12", "hi", {});
      expect(seen).toEqual(["b hi"]);
    });

    it.each(["list", "text", "number", "bigint", "cycle"])(
      "S4-35 a payload that is a %s is refused where it is sent",
      async (what) => {
        const served = await start();
        const crashed = observe("channel.crashed");
        const client = await inRoom(served, "ada");
        client.send("1", "2", "rooms:12", "bad", { what });
        expect(eventOf(await client.next())).toEqual(["phx_error", { reason: "channel_crash" }]);
        expect((await crashed.next()).error).toMatchObject({ code: "WB_ENCODE" });
        const other = await inRoom(served, "ada");
        const bad: Readonly<Record<string, unknown>> = {
          list: [1],
          text: "x",
          number: 1,
          bigint: { n: 1n },
          cycle: cyclic(),
        };
        expect(() => served.endpoint.broadcast("rooms:12", "plain", bad[what] as object)).toThrow(
          expect.objectContaining({ code: "WB_ENCODE" }),
        );
        expect(await other.call("rooms:12", "rank")).toMatchObject({ status: "ok" });
      },
    );
  });

  describe("leaving", () => {
    it("S4-37 terminate has the leave's payload, and is run for leave, stop and disconnection alike", async () => {
      const left = new Inbox<[string, unknown]>();
      const served = await start((line, detail) => left.put([line, detail]));
      const client = await inRoom(served, "ada");
      client.send("1", "2", "rooms:12", "phx_leave", { why: "bored" });
      expect(await left.next()).toEqual(["ada left", { why: "bored" }]);
      await client.inbox.take(2);
      await client.join("rooms:12");
      client.send("1", "2", "rooms:12", "quit", {});
      expect((await left.next())[0]).toBe("ada normal");
      const other = await inRoom(served, "bob");
      other.drop();
      expect((await left.next())[0]).toBe("bob closed");
      expect(served.endpoint.pubsub.size.topics).toBe(0);
    });
  });

  function cyclic(): object {
    const value: { self?: object } = {};
    value.self = value;
    return value;
  }
});
