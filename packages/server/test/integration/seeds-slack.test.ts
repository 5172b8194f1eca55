/** Seed 0: what its channels do with topics, subscriptions and messages to themselves. The ids are those of conformance/seed-checks.md. */
import { describe, expect, it } from "vitest";
import { Broadcast, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { Inbox } from "./inbox.ts";
import { serve } from "./serve.ts";
import { wires } from "./wires.ts";

const CHAN_SYSTEM = "system:";
const CHAN_USER = "user:";
const CHAN_ROOM = "room:";

interface Assigns {
  readonly name: string;
  rooms?: readonly string[];
}

const seen = new Inbox<string>();

const system = defineChannel(CHAN_SYSTEM)
  .assigns<Assigns>()
  .join(() => ok());
const room = defineChannel(`${CHAN_ROOM}*`)
  .assigns<Assigns>()
  .join(() => ok())
  .handleIn("message", (ctx, payload) => ctx.broadcast("message:new", payload as object));

/** One per user: watches rooms, and turns what happens there into notifications. */
const user = defineChannel(`${CHAN_USER}{id}`)
  .assigns<Assigns>()
  .info<"after_join" | { readonly remind: string }>()
  .join((ctx) => {
    ctx.send("after_join");
    return ok({ rooms: ctx.assigns.rooms ?? [] });
  })
  .handleIn("watch", (ctx, payload) => {
    const { room: name } = payload as { room: string };
    ctx.subscribe(`${CHAN_ROOM}${name}`);
    return ok();
  })
  .handleIn("unwatch", (ctx, payload) => {
    ctx.unsubscribe(`${CHAN_ROOM}${(payload as { room: string }).room}`);
    return ok();
  })
  .handleIn("remind", (ctx, payload) => {
    const { text, ms, cancel } = payload as { text: string; ms: number; cancel?: boolean };
    const timer = ctx.sendAfter({ remind: text }, ms);
    return ok({ cancelled: cancel === true && timer.cancel() });
  })
  .handleIn("rooms", (ctx) => ok({ rooms: ctx.assigns.rooms ?? [] }))
  .handleIn("broken", (ctx) => ctx.push("error", { text: "no such room" }))
  .handleOut("room:join", (ctx, payload) => {
    const { room: name } = payload as { room: string };
    ctx.assign({ rooms: [...(ctx.assigns.rooms ?? []), name] });
    ctx.subscribe(`${CHAN_ROOM}${name}`);
    ctx.push("joined", { room: name });
  })
  .handleOut("room:mention", (ctx, payload) => ctx.push("badge", payload as object))
  .handleInfo((ctx, message) => {
    if (message instanceof Broadcast) {
      seen.put(`${ctx.assigns.name} saw ${message.topic} ${message.event}`);
      if (message.event === "message:new") ctx.push("unread", { topic: message.topic });
    } else if (message === "after_join") ctx.push("state", { open: true });
    else ctx.push("reminder", { text: message.remind });
  });

/** The same channel without handleInfo. */
const deaf = defineChannel("deaf")
  .join((ctx) => {
    ctx.subscribe(`${CHAN_ROOM}general`);
    return ok();
  })
  .handleIn("echo", (_ctx, payload) => ok(payload));

const socket = defineSocket({
  connect: (params) => ok({ name: String(params["name"]) }),
  channels: [system, user, room, deaf],
});

const eventOf = (frame: unknown): unknown[] => (frame as unknown[]).slice(2);

describe.each(wires)("over $name", (wire) => {
  /** A client that has joined its user channel with join_ref "1", and read what comes with that. */
  async function online(name: string) {
    const served = await serve({ "/socket": { socket, longpoll: true } });
    const client = await wire.open(served, { name });
    const answer = await client.join(`user:${name}`);
    const state = (await client.next()) as unknown[];
    return {
      ...served,
      client,
      answer,
      state,
      ask: (event: string, payload: object) => client.call(`user:${name}`, event, payload),
    };
  }

  describe("channels of three kinds", () => {
    it("S0-01 S0-02 S0-03 one system topic for all, one per user, one per room, by patterns made of constants", async () => {
      const { client, endpoint } = await online("ada");
      expect(await client.join("system:", {}, "2")).toMatchObject({ status: "ok" });
      expect(await client.join("room:general", {}, "3")).toMatchObject({ status: "ok" });
      expect(await client.join("system:x", {}, "4")).toMatchObject({ status: "error" });
      endpoint.broadcast("system:", "status", { user: "bob" });
      expect(eventOf(await client.next())).toEqual(["system:", "status", { user: "bob" }]);
    });

    it("S0-04 S0-05 handleOut consumes an event, pushes another, and what it assigns stays", async () => {
      const { client, endpoint, ask } = await online("ada");
      endpoint.broadcast("user:ada", "room:join", { room: "general" });
      expect(eventOf(await client.next())).toEqual(["user:ada", "joined", { room: "general" }]);
      expect(await ask("rooms", {})).toEqual({ status: "ok", response: { rooms: ["general"] } });
    });
  });

  describe("subscriptions", () => {
    it("S0-06 S0-10 a subscribed topic's broadcasts reach handleInfo; the client gets only what is pushed", async () => {
      const { client, endpoint, ask } = await online("ada");
      await ask("watch", { room: "general" });
      endpoint.broadcast("room:general", "typing", {});
      endpoint.broadcast("room:general", "message:new", {});
      expect(await seen.take(2)).toEqual(["ada saw room:general typing", "ada saw room:general message:new"]);
      expect(eventOf(await client.next())).toEqual(["user:ada", "unread", { topic: "room:general" }]);
      expect(client.inbox.rest).toEqual([]);
    });

    it("S0-07 unsubscribe stops it, and the end of the channel does", async () => {
      const { client, endpoint, ask } = await online("ada");
      for (const name of ["general", "random"]) await ask("watch", { room: name });
      await ask("watch", { room: "general" });
      await ask("unwatch", { room: "general" });
      endpoint.broadcast("room:general", "message:new", {});
      endpoint.broadcast("room:random", "typing", {});
      expect(await seen.next()).toBe("ada saw room:random typing");
      client.send("1", "9", "user:ada", "phx_leave", {});
      await client.inbox.take(2);
      expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
    });

    it("S0-08 subscribing twice delivers once", async () => {
      const { endpoint, ask } = await online("ada");
      for (let times = 0; times < 3; times++) await ask("watch", { room: "general" });
      endpoint.broadcast("room:general", "once", {});
      endpoint.broadcast("room:general", "last", {});
      expect(await seen.take(2)).toEqual(["ada saw room:general once", "ada saw room:general last"]);
    });

    it("S0-09 a room that is both joined and watched: the browser gets its event once, the user channel sees it once", async () => {
      const { client, endpoint, ask } = await online("ada");
      await ask("watch", { room: "general" });
      await client.join("room:general", {}, "2");
      client.send("2", "3", "room:general", "message", { body: "hi" });
      expect((await client.inbox.take(2)).map(eventOf)).toEqual([
        ["room:general", "message:new", { body: "hi" }],
        ["user:ada", "unread", { topic: "room:general" }],
      ]);
      expect(await seen.next()).toBe("ada saw room:general message:new");
      endpoint.broadcast("room:general", "end", {});
      expect(eventOf(await client.next())[1]).toBe("end");
      expect(await seen.next()).toBe("ada saw room:general end");
      expect(client.inbox.rest).toEqual([]);
    });

    it("S0-12 a channel without handleInfo ignores what it subscribed to", async () => {
      const { client, endpoint } = await online("ada");
      await client.join("deaf", {}, "2");
      endpoint.broadcast("room:general", "message:new", {});
      expect(await client.call("deaf", "echo", { n: 1 }, "2")).toEqual({ status: "ok", response: { n: 1 } });
    });

    it("S0-13 the channel's own topic never reaches handleInfo, even when it subscribes to it", async () => {
      const { client, endpoint, ask } = await online("room:x");
      await ask("watch", { room: "x" });
      endpoint.broadcast("user:room:x", "plain", {});
      expect(eventOf(await client.next())).toEqual(["user:room:x", "plain", {}]);
      await client.settled();
      expect(seen.rest).toEqual([]);
    });
  });

  describe("the user channel", () => {
    it("S0-11 carries badges, client state and error messages", async () => {
      const { client, endpoint, state } = await online("ada");
      expect(eventOf(state)).toEqual(["user:ada", "state", { open: true }]);
      endpoint.broadcast("user:ada", "room:mention", { count: 2 });
      expect(eventOf(await client.next())).toEqual(["user:ada", "badge", { count: 2 }]);
      client.send("1", "2", "user:ada", "broken", {});
      expect(eventOf(await client.next())).toEqual(["user:ada", "error", { text: "no such room" }]);
    });

    it("S0-14 messages itself after the join, and later; a cancelled message and that of an ended channel never come", async () => {
      const { client, answer, ask } = await online("ada");
      expect(answer).toEqual({ status: "ok", response: { rooms: [] } });
      expect(await ask("remind", { text: "cancelled", ms: 1, cancel: true })).toMatchObject({
        response: { cancelled: true },
      });
      await ask("remind", { text: "tea", ms: 5 });
      expect(eventOf(await client.next())).toEqual(["user:ada", "reminder", { text: "tea" }]);
      await ask("remind", { text: "of an ended channel", ms: 500 });
      client.send("1", "9", "user:ada", "phx_leave", {});
      expect((await client.inbox.take(2)).map((frame) => (frame as unknown[])[3])).toEqual(["phx_reply", "phx_close"]);
      await client.join("user:ada");
      await client.next();
      await ask("remind", { text: "of the next one", ms: 500 });
      expect(eventOf(await client.next())).toEqual(["user:ada", "reminder", { text: "of the next one" }]);
    });
  });
});
