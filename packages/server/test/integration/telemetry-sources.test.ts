/** What telemetry says of channels beyond what happened: names of which there are few, and levels for the logger. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok, routeChannel } from "../../src/index.ts";
import type { LogLevel } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { serve } from "./serve.ts";
import { observe } from "./telemetry.ts";

const room = defineChannel("room:{id}")
  .join(() => ok())
  .handleIn("shout", (ctx, payload) => ctx.broadcast("shout", payload as object))
  .handleIn("reaction:*", () => ok())
  .terminate(() => {
    throw new Error("end");
  });

const socketOf = (channel: typeof room) =>
  defineSocket({ connect: () => ok(), channels: [channel, routeChannel("support:{id}", channel)] });

async function joined(channel = room) {
  const served = await serve({ "/socket": socketOf(channel) });
  const client = await FrameClient.open(served.url());
  return { ...served, client };
}

describe("events of a channel", () => {
  it("say its pattern, and the event as it is declared", async () => {
    const events = [
      observe("channel.joined"),
      observe("channel.handled_in"),
      observe("channel.crashed"),
      observe("channel.terminated"),
    ] as const;
    const { client } = await joined();
    await client.join("room:1");
    for (const event of ["shout", "reaction:made up", "other", "phx_leave"])
      client.send("1", event, "room:1", event, {});
    const handled = await events[1].take(4);
    expect(handled.map(({ event, handler }) => [event, handler])).toEqual([
      ["shout", "shout"],
      ["reaction:made up", "reaction:*"],
      ["other", undefined],
      ["phx_leave", undefined],
    ]);
    const rest = [await events[0].next(), handled[0], await events[2].next(), await events[3].next()];
    for (const data of rest) expect(data).toMatchObject({ pattern: "room:{id}", topic: "room:1", path: "/socket" });
  });

  it("say what the channel wants logged", async () => {
    const [joins, handled] = [observe("channel.joined"), observe("channel.handled_in")];
    const { client } = await joined(room.log({ join: false }).log({ handleIn: "warn" }));
    await client.join("room:1");
    client.send("1", "2", "room:1", "shout", {});
    expect((await joins.next()).log).toBe(false);
    expect((await handled.next()).log).toBe("warn");
    const plain = await joined();
    await plain.client.join("room:1");
    plain.client.send("1", "2", "room:1", "shout", {});
    expect([(await joins.next()).log, (await handled.next()).log]).toEqual(["info", "debug"]);
  });

  it("are printed at info when a channel's messages are to be", async () => {
    const lines: string[] = [];
    const log = (line: string): void => void lines.push(line);
    const sink = { debug: log, info: log, warn: log, error: log };
    const socket = socketOf(room.log({ join: false, handleIn: "info" }));
    const { url } = await serve({ "/socket": socket }, { logger: { sink } });
    const client = await FrameClient.open(url());
    await client.join("room:1");
    client.send("1", "2", "room:1", "shout", {});
    await client.settled();
    expect(lines.map((line) => line.replace(/ in \d.*$/, ""))).toEqual([
      "CONNECTED /socket as anonymous (vsn 2.0.0)",
      "HANDLED shout on room:1: noreply",
    ]);
  });

  it.each([
    [{ join: "loud" as LogLevel }, 'log.join of "room:{id}" is loud'],
    [{ handleOut: "info" } as never, 'has no option "handleOut"'],
  ])("refuse the levels %j", (levels, message) => {
    expect(() => room.log(levels)).toThrow(
      expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) }),
    );
  });
});

describe("pubsub.delivered", () => {
  it("counts the subscribers of each message on this node", async () => {
    const delivered = observe("pubsub.delivered");
    const { client, endpoint, url } = await joined();
    const second = await FrameClient.open(url());
    for (const each of [client, second]) await each.join("room:1");
    endpoint.broadcast("room:1", "news", {});
    endpoint.localBroadcast("room:2", "news", {});
    const source = { pubsub: endpoint.pubsub, from: "here" };
    expect(await delivered.take(2)).toEqual([
      { ...source, topic: "room:1", subscribers: 2 },
      { ...source, topic: "room:2", subscribers: 0 },
    ]);
  });

  it("tells what came from another node, when somebody here is subscribed", async () => {
    let deliver: (message: { topic: string; message: unknown; dispatcher: string }) => void = () => {};
    const pubsub = {
      nodeName: "a",
      start: (given: typeof deliver) => void (deliver = given),
      stop() {},
      broadcast() {},
      directBroadcast() {},
    };
    const { endpoint } = await serve({ "/socket": socketOf(room) }, { pubsub });
    const delivered = observe("pubsub.delivered");
    endpoint.subscribe("news", () => {});
    for (const topic of ["nobody", "news"])
      deliver({ topic, message: { topic, event: "x", payload: {} }, dispatcher: "fastlane" });
    expect(delivered.rest).toEqual([{ pubsub: endpoint.pubsub, from: "elsewhere", topic: "news", subscribers: 1 }]);
  });
});
