/** Commands: what other parts of the server tell the channels of a topic, and no client ever sees or sends. */
import { describe, expect, it } from "vitest";
import { defineChannel, ok, stop } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { hubAdapter } from "./nodes.ts";
import { gate } from "../integration/inbox.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

/** A channel that writes down which commands it was given. */
function roomWith(log: unknown[]) {
  return defineChannel("room:{id}")
    .pushes<{ kicked: { id: number }; told: object }>()
    .commands<{ kicked: { id: number }; shout: { text: string }; fail: object; leave: object }>()
    .join(() => ok())
    .handleIn("relay", (ctx, payload) => ctx.endpoint.commandUnchecked(ctx.topic, "kicked", payload as object))
    .handleCommand("kicked", (ctx, payload) => {
      log.push([ctx.topic, payload]);
      payload.id = -1; // its own copy
    })
    .handleCommand("shout", async (ctx, { text }) => {
      await Promise.resolve();
      ctx.push("told", { text });
    })
    .handleCommand("fail", () => {
      throw new Error("told to");
    })
    .handleCommand("leave", () => stop());
}

function start(log: unknown[] = [], options = {}): { endpoint: Endpoint; client: () => Client } {
  const socket = socketOf([roomWith(log), defineChannel("other").join(() => ok())]);
  const endpoint = endpointOf(socket, { logger: { sink: SILENT, level: "debug" }, ...options });
  return { endpoint, client: () => new Client(endpoint, socket) };
}

describe("a command", () => {
  it("reaches every channel of its topic, each with a payload of its own, and no client", async () => {
    const log: unknown[] = [];
    const { endpoint, client } = start(log);
    const [one, two, elsewhere] = [client(), client(), client()];
    await one.join("room:1");
    await two.join("room:1");
    await elsewhere.join("room:2");
    endpoint.commandUnchecked("room:1", "kicked", { id: 7, at: new Date(0) });
    await turn();
    const payload = { id: -1, at: "1970-01-01T00:00:00.000Z" };
    expect(log).toEqual([
      ["room:1", payload],
      ["room:1", payload],
    ]);
    expect([one, two, elsewhere].flatMap((each) => each.told())).toEqual([]);
  });

  it("is something else than an event of its name", async () => {
    const log: unknown[] = [];
    const { endpoint, client } = start(log);
    const one = client();
    await one.join("room:1");
    endpoint.broadcast("room:1", "kicked", { id: 1 });
    await turn();
    expect(one.told()).toEqual(['kicked {"id":1}']);
    expect(log).toEqual([]);
  });

  it("cannot be sent by a client", async () => {
    const log: unknown[] = [];
    const { client } = start(log);
    const one = client();
    await one.join("room:1");
    for (const event of ["kicked", "commands", "command", "wb_command", "phx_command"])
      one.send("room:1", event, { id: 1 });
    await turn();
    expect(one.told()).toEqual(Array(5).fill('error {"reason":"unknown event"}'));
    expect(log).toEqual([]);
  });

  it("waits in the mailbox, in the order of what is sent to the topic", async () => {
    const opened = gate();
    const log: string[] = [];
    const channel = defineChannel("room")
      .pushes<{ event: { n: number } }>()
      .commands<{ work: object; note: { n: number } }>()
      .join(() => ok())
      .handleCommand("work", () => opened.passed)
      .handleCommand("note", (_ctx, { n }) => void log.push(`command ${n}`))
      .handleOut("event", (_ctx, { n }) => void log.push(`event ${n}`));
    const socket = socketOf([channel]);
    const endpoint = endpointOf(socket);
    await new Client(endpoint, socket).join("room");
    endpoint.commandUnchecked("room", "work", {});
    for (const n of [1, 2]) {
      endpoint.commandUnchecked("room", "note", { n });
      endpoint.broadcast("room", "event", { n });
    }
    await turn();
    expect(log).toEqual([]);
    opened.open();
    await turn();
    expect(log).toEqual(["command 1", "event 1", "command 2", "event 2"]);
  });

  it("that comes while a channel is joined is handled when it has joined", async () => {
    const opened = gate();
    const log: unknown[] = [];
    const channel = defineChannel("room")
      .commands<{ note: { n: number } }>()
      .join(async () => {
        await opened.passed;
        return ok();
      })
      .handleCommand("note", (_ctx, { n }) => void log.push(n));
    const socket = socketOf([channel]);
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    client.send("room", "phx_join");
    await turn();
    endpoint.commandUnchecked("room", "note", { n: 1 });
    await turn();
    expect(log).toEqual([]);
    opened.open();
    await turn();
    expect(log).toEqual([1]);
  });

  it("beyond the limits of the mailbox is dropped, as a broadcast is, and reported", async () => {
    const [dropped, crashed] = [observe("channel.dropped"), observe("channel.crashed")];
    const opened = gate();
    const log: unknown[] = [];
    const channel = defineChannel("room")
      .commands<{ work: object; note: { n: number } }>()
      .join(() => ok())
      .handleCommand("work", () => opened.passed)
      .handleCommand("note", (_ctx, { n }) => void log.push(n));
    const socket = socketOf([channel], { maxMailboxMessages: 3 });
    const endpoint = endpointOf(socket);
    await new Client(endpoint, socket).join("room");
    endpoint.commandUnchecked("room", "work", {});
    await turn();
    for (let n = 0; n < 10; n++) endpoint.commandUnchecked("room", "note", { n });
    await turn();
    opened.open();
    await turn();
    expect(log).toEqual([0, 1, 2]);
    expect(dropped.rest.map(({ event, count }) => [event, count])).toEqual([
      ["note", 1],
      [undefined, 6],
    ]);
    expect(crashed.rest).toEqual([]);
  });

  it("whose handler throws crashes its channel alone", async () => {
    const crashed = observe("channel.crashed");
    const { endpoint, client } = start();
    const [one, other] = [client(), client()];
    await one.join("room:1");
    await other.join("other");
    endpoint.commandUnchecked("room:1", "fail", {});
    await turn();
    expect(one.told()).toEqual(['phx_error {"reason":"channel_crash"}']);
    expect(crashed.rest).toMatchObject([{ callback: "handleCommand", topic: "room:1", error: { message: "told to" } }]);
    endpoint.broadcast("other", "still", { here: true });
    expect(other.told()).toEqual(['still {"here":true}']);
  });

  it("may push, await and stop", async () => {
    const { endpoint, client } = start();
    const one = client();
    await one.join("room:1");
    endpoint.commandUnchecked("room:1", "shout", { text: "hi" });
    endpoint.commandUnchecked("room:1", "leave", {});
    await turn();
    expect(one.told()).toEqual(['told {"text":"hi"}', "phx_close {}"]);
  });

  it("that a channel does not handle is reported once for all, and changes nothing", async () => {
    const unknown = observe("channel.unknown_command");
    const { endpoint, client } = start();
    const [one, two] = [client(), client()];
    await one.join("room:1");
    await two.join("room:1");
    for (const command of ["hasOwnProperty", "__proto__", "nonsense"]) endpoint.commandUnchecked("room:1", command, {});
    endpoint.commandUnchecked("nobody", "nonsense", {});
    await turn();
    expect(unknown.rest.map(({ topic, pattern, command, channels }) => [topic, pattern, command, channels])).toEqual([
      ["room:1", "room:{id}", "hasOwnProperty", 2],
      ["room:1", "room:{id}", "__proto__", 2],
      ["room:1", "room:{id}", "nonsense", 2],
    ]);
    expect([...one.told(), ...two.told()]).toEqual([]);
  });

  it.each([null, [], "text", 1n, { n: Number.NaN }])("with the payload %s fails at the call", (payload) => {
    const { endpoint } = start();
    expect(() => endpoint.commandUnchecked("room:1", "kicked", payload as object)).toThrow(
      expect.objectContaining({ name: "EncodeError" }),
    );
  });

  it("reaches neither a plain subscription nor a channel that has subscribed to the topic", async () => {
    const heard: unknown[] = [];
    const listener = defineChannel("listener")
      .join((ctx) => {
        ctx.subscribe("room:1");
        return ok();
      })
      .handleInfo((_ctx, message) => void heard.push(message));
    const socket = socketOf([roomWith([]), listener]);
    const endpoint = endpointOf(socket);
    endpoint.subscribe("room:1", (broadcast) => heard.push(broadcast));
    const client = new Client(endpoint, socket);
    await client.join("listener");
    await client.join("room:1");
    endpoint.commandUnchecked("room:1", "kicked", { id: 1 });
    await turn();
    expect(heard).toEqual([]);
  });
});

describe("on another node", () => {
  it("a command arrives as JSON; garbage of another node is reported and harms nobody", async () => {
    const failed = observe("pubsub.delivery_failed");
    const nodes = hubAdapter();
    const log: unknown[] = [];
    const here = start([], { pubsub: nodes.adapter("here") });
    const there = start(log, { pubsub: nodes.adapter("there") });
    await Promise.all([here.endpoint.pubsub.start(), there.endpoint.pubsub.start()]);
    const one = there.client();
    await one.join("room:1");
    here.endpoint.commandUnchecked("room:1", "kicked", { id: 7, at: new Date(0) });
    await turn();
    expect(log).toEqual([["room:1", { id: -1, at: "1970-01-01T00:00:00.000Z" }]]);
    for (const message of [null, 1, [], {}, { topic: "room:1" }, { topic: "room:2", command: "kicked", payload: {} }]) {
      nodes.deliver("there", { topic: "room:1", message, dispatcher: "commands" });
    }
    nodes.deliver("there", {
      topic: "room:1",
      message: { topic: "room:1", command: "kicked", payload: [] },
      dispatcher: "commands",
    });
    await turn();
    expect(log).toHaveLength(1);
    expect(failed.rest).toHaveLength(6);
    expect(one.told()).toEqual([]);
  });
});
