/** What a client gets that joins while others broadcast. */
import { describe, expect, it } from "vitest";
import { defineChannel, ok, refuse } from "../../src/index.ts";
import { gate } from "../integration/inbox.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "../delivery/client.ts";

describe("broadcasts while a join is under way", () => {
  it("come after its reply, in order, and before anything later", async () => {
    const { passed, open } = gate();
    const room = defineChannel("room").join(async (ctx) => {
      ctx.endpoint.broadcast("room", "in_join", { n: 1 });
      ctx.afterJoin(() => ctx.push("after_join", {}));
      await passed;
      return ok({ history: [] });
    });
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    client.send("room", "phx_join");
    endpoint.broadcast("room", "news", { n: 2 });
    await turn();
    endpoint.broadcast("room", "news", { n: 3 });
    await turn();
    expect(client.told()).toEqual([]);
    open();
    await turn();
    endpoint.broadcast("room", "news", { n: 4 });
    expect(client.told()).toEqual([
      'ok {"history":[]}',
      'in_join {"n":1}',
      'news {"n":2}',
      'news {"n":3}',
      "after_join {}",
      'news {"n":4}',
    ]);
  });

  it("are the same frame for all who join and all who are there", async () => {
    const { passed, open } = gate();
    const room = defineChannel("room").join(async (_ctx, params) => {
      if ((params as { wait: boolean }).wait) await passed;
      return ok();
    });
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const clients = [1, 2, 3].map(() => new Client(endpoint, socket));
    clients.forEach((client, index) => client.send("room", "phx_join", { wait: index > 0 }));
    await turn();
    endpoint.broadcast("room", "news", {});
    open();
    await turn();
    const [first, second, third] = clients.map(({ connection }) => connection.frames.at(-1));
    expect(JSON.parse(first?.data as string)).toEqual([null, null, "room", "news", {}]);
    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  it("that are intercepted pass handleOut, in their place", async () => {
    const { passed, open } = gate();
    const room = defineChannel("room")
      .join(async (ctx) => {
        ctx.subscribe("others");
        await passed;
        return ok();
      })
      .handleOut("secret", async (ctx, payload) => {
        await turn();
        ctx.push("secret", { ...payload, seen: true });
      })
      .handleInfo((ctx, message) => ctx.push("info", { event: (message as { event: string }).event }));
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    client.send("room", "phx_join");
    endpoint.broadcast("room", "open", { n: 1 });
    endpoint.broadcast("room", "secret", { n: 2 });
    endpoint.broadcast("room", "open", { n: 3 });
    endpoint.broadcast("others", "else", {});
    await turn();
    open();
    for (let left = 5; left > 0; left--) await turn();
    expect(client.told()).toEqual([
      "ok {}",
      'open {"n":1}',
      'secret {"n":2,"seen":true}',
      'open {"n":3}',
      'info {"event":"else"}',
    ]);
  });

  it.each([
    ["is refused", () => refuse({ reason: "no" }), 'error {"reason":"no"}'],
    ["crashes", () => Promise.reject(new Error("told to")), 'error {"reason":"join crashed"}'],
  ])("are dropped when it %s", async (_how, end, answer) => {
    const { passed, open } = gate();
    const room = defineChannel("room").join(async () => {
      await passed;
      return end() as ReturnType<typeof refuse>;
    });
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    client.send("room", "phx_join");
    endpoint.broadcast("room", "news", {});
    open();
    await turn();
    endpoint.broadcast("room", "news", {});
    expect(client.told()).toEqual([answer]);
    expect(endpoint.pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
  });

  it("come after the phx_close of the channel that the join replaces", async () => {
    let opened = gate();
    const room = defineChannel("room").join(async () => {
      await opened.passed;
      return ok();
    });
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    opened.open();
    await client.join("room");
    opened = gate();
    client.send("room", "phx_join", {}, "2");
    endpoint.broadcast("room", "news", {});
    opened.open();
    await turn();
    expect(client.received().map(({ joinRef, event }) => [joinRef, event])).toEqual([
      ["2", "phx_reply"],
      ["1", "phx_close"],
      [null, "news"],
    ]);
  });

  it("that are more than may wait fail the join; nothing is delivered with a gap", async () => {
    const crashed = observe("channel.crashed");
    const { passed, open } = gate();
    const room = defineChannel("room").join(async () => {
      await passed;
      return ok();
    });
    const socket = socketOf([room], { maxMailboxMessages: 3 });
    const endpoint = endpointOf(socket);
    const [client, other] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    client.send("room", "phx_join");
    for (let n = 0; n < 4; n++) endpoint.broadcast("room", "news", { n });
    expect(endpoint.pubsub.size.subscriptions).toBe(0);
    open();
    await turn();
    expect(client.told()).toEqual(['error {"reason":"join crashed"}']);
    expect((await crashed.next()).error).toMatchObject({ code: "WB_MAILBOX_OVERFLOW" });
    await other.join("room");
    client.send("room", "phx_join");
    await turn();
    endpoint.broadcast("room", "news", {});
    expect(client.told()).toEqual(["ok {}", "news {}"]);
    expect(other.told()).toEqual(["news {}"]);
  });

  it("are bounded in bytes as well", async () => {
    const { passed, open } = gate();
    const room = defineChannel("room").join(async () => {
      await passed;
      return ok();
    });
    const socket = socketOf([room], { maxMailboxBytes: 1_000_000 });
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    client.send("room", "phx_join");
    for (let n = 0; n < 4; n++) endpoint.broadcast("room", "news", { text: "x".repeat(500_000) });
    open();
    await turn();
    expect(client.told()).toEqual(['error {"reason":"join crashed"}']);
  });

  it("own messages beyond the limit fail the join, too, with one reply", async () => {
    const room = defineChannel("room").join(async (ctx) => {
      for (let n = 0; n < 10; n++) ctx.send(n);
      await turn();
      return ok();
    });
    const socket = socketOf([room], { maxMailboxMessages: 3 });
    const client = new Client(endpointOf(socket), socket);
    client.send("room", "phx_join");
    await turn();
    await turn();
    expect(client.told()).toEqual(['error {"reason":"join crashed"}']);
  });
});
