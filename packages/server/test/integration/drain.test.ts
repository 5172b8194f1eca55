/** Sending clients away: what they are told, what is finished first, who is refused meanwhile. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { EndpointOptions } from "../../src/index.ts";
import { FrameClient, refusal, replyOf } from "./frame-client.ts";
import { gate, Inbox } from "./inbox.ts";
import { PollClient, send } from "./poll-client.ts";
import type { ProtocolClient } from "./protocol-client.ts";
import { serve } from "./serve.ts";
import type { Served } from "./serve.ts";
import { observe } from "./telemetry.ts";

/** A room whose "work" and `terminate` take as long as the test wants. */
function slowRoom() {
  const [work, end, started] = [gate(), gate(), new Inbox<string>()];
  const done: string[] = [];
  const room = defineChannel("room:{id}")
    .join(() => ok())
    .handleIn("work", async () => {
      started.put("work");
      await work.passed;
      done.push("work");
      return ok({ done: true });
    })
    .handleIn("echo", (_ctx, payload) => ok(payload))
    .terminate(async (ctx, reason) => {
      if (ctx.params.id !== "slow end") return;
      await end.passed;
      done.push(`end ${reason}`);
    });
  const socket = defineSocket({ connect: () => ok(), channels: [room] });
  return { socket, work, end, started, done };
}

const serveRoom = (options: Partial<EndpointOptions> = {}) => {
  const room = slowRoom();
  return serve({ "/socket": { socket: room.socket, longpoll: true } }, options).then((served) => ({
    ...served,
    ...room,
  }));
};

const transports: readonly [string, (served: Served) => Promise<ProtocolClient>, number][] = [
  ["websocket", ({ url }) => FrameClient.open(url()), 1012],
  // The official clients take 410 for a lost session and connect again.
  ["longpoll", ({ pollUrl }) => PollClient.open(pollUrl()), 410],
];

describe.each(transports)("draining %s clients", (transport, connect, code) => {
  it("answers what they have sent before they are closed", async () => {
    const served = await serveRoom();
    const client = await connect(served);
    await client.join("room:1");
    client.send("1", "2", "room:1", "work", {});
    client.send("1", "3", "room:1", "echo", { n: 1 });
    await served.started.next();
    const closed = served.endpoint.close();
    served.work.open();
    expect(replyOf(await client.next())).toEqual({ status: "ok", response: { done: true } });
    expect(replyOf(await client.next())).toEqual({ status: "ok", response: { n: 1 } });
    await closed;
    expect(served.done).toEqual(["work"]);
    if (transport === "websocket") expect((await client.closed).code).toBe(code);
  });

  it("tells them that it is a restart", async () => {
    const served = await serveRoom();
    const client = await connect(served);
    const closings = observe("socket.closed");
    await client.join("room:1");
    await served.endpoint.drain();
    expect(await closings.next()).toMatchObject({ code: 1012, reason: "server is restarting", transport });
    if (transport === "websocket") expect((await client.closed).code).toBe(code);
  });

  it("refuses new ones with 503 and Retry-After, which the official clients take as: try again", async () => {
    const served = await serveRoom();
    const client = await connect(served);
    await client.join("room:1");
    client.send("1", "2", "room:1", "work", {});
    await served.started.next();
    const refusals = observe("socket.refused");
    const drained = served.endpoint.drain();
    if (transport === "websocket") {
      expect(await refusal(served.url())).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
    } else {
      const { status, headers, body } = await send(served.pollUrl());
      expect({ status, after: headers["retry-after"], body }).toEqual({
        status: 503,
        after: "1",
        body: { status: 500 },
      });
    }
    expect(await refusals.next()).toMatchObject({ stage: "draining", status: 503, transport });
    served.work.open();
    await drained;
  });
});

describe("draining", () => {
  it("goes in batches, one interval apart, each told to telemetry; clients without a channel are closed, too", async () => {
    const served = await serveRoom({ drain: { batchSize: 2, batchInterval: 60 } });
    const rounds = observe("endpoint.draining");
    const clients: FrameClient[] = [];
    for (let n = 0; n < 5; n++) clients.push(await FrameClient.open(served.url()));
    const startedAt = performance.now();
    const times = clients.map(({ closed }) => closed.then(() => performance.now() - startedAt));
    await served.endpoint.close();
    const [first, second, third, fourth, fifth] = (await Promise.all(times)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    expect(Math.min(third, fourth)).toBeGreaterThan(55);
    expect(Math.max(first, second)).toBeLessThan(fifth);
    expect(fifth).toBeGreaterThan(110);
    const round = { endpoint: served.endpoint, total: 5, rounds: 3, interval: 60 };
    expect(rounds.rest).toEqual([
      { ...round, count: 2, round: 1 },
      { ...round, count: 2, round: 2 },
      { ...round, count: 1, round: 3 },
    ]);
  });

  it("takes nothing more from a client whose turn it is", async () => {
    const served = await serveRoom();
    const client = await FrameClient.open(served.url());
    await client.join("room:1");
    client.send("1", "2", "room:1", "work", {});
    await served.started.next();
    const closed = served.endpoint.close();
    client.send("1", "3", "room:1", "echo", {});
    await send(served.pollUrl());
    served.work.open();
    await closed;
    await client.closed;
    expect(client.inbox.rest.map((frame) => (frame as unknown[])[1])).toEqual(["2"]);
  });

  it("keeps what waits for a long-poll client until its next poll", async () => {
    const served = await serveRoom();
    const client = await PollClient.open(served.pollUrl(), { polls: false });
    await client.postLines('["1","1","room:1","phx_join",{}]', '["1","2","room:1","work",{}]');
    await served.started.next();
    await client.get();
    const closed = served.endpoint.close();
    served.work.open();
    await served.work.passed;
    // The handler has returned, and the endpoint has looked at its clients again.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { body } = await client.get();
    expect(body.messages.map((message) => JSON.parse(message) as unknown)).toEqual([
      ["1", "2", "room:1", "phx_reply", { status: "ok", response: { done: true } }],
    ]);
    await closed;
  });

  it("closes everything at the deadline, and lets the callbacks be", async () => {
    const served = await serveRoom({ drain: { batchSize: 1, batchInterval: 10_000, deadline: 50 } });
    const clients = [await FrameClient.open(served.url()), await FrameClient.open(served.url())];
    await clients[0]?.join("room:1");
    clients[0]?.send("1", "2", "room:1", "work", {});
    await served.started.next();
    await served.endpoint.close();
    for (const client of clients) expect((await client.closed).code).toBe(1012);
    expect(served.done).toEqual([]);
    served.work.open();
  });

  it("waits for callbacks of clients that have gone, and for terminate", async () => {
    const served = await serveRoom();
    const [gone, client] = [await FrameClient.open(served.url()), await FrameClient.open(served.url())];
    await gone.join("room:1");
    await client.join("room:slow end");
    gone.send("1", "2", "room:1", "work", {});
    await served.started.next();
    const closings = observe("socket.closed");
    gone.drop();
    await closings.next();
    let isClosed = false;
    const closed = served.endpoint.close().then(() => (isClosed = true));
    await client.closed;
    served.work.open();
    await served.work.passed;
    expect(isClosed).toBe(false);
    served.end.open();
    await closed;
    expect(served.done.toSorted()).toEqual(["end shutdown", "work"]);
  });

  it("can be left out: all at once, whatever is under way", async () => {
    const served = await serveRoom();
    const client = await FrameClient.open(served.url());
    await client.join("room:1");
    client.send("1", "2", "room:1", "work", {});
    await served.started.next();
    await served.endpoint.close({ drain: false });
    expect((await client.closed).code).toBe(1012);
    served.work.open();
  });

  it("can be hurried: a second close without draining closes what is left", async () => {
    const served = await serveRoom({ drain: { batchSize: 1, batchInterval: 60_000, deadline: 120_000 } });
    const clients = [await FrameClient.open(served.url()), await FrameClient.open(served.url())];
    await clients[0]?.join("room:1");
    clients[0]?.send("1", "2", "room:1", "work", {});
    await served.started.next();
    const rounds = observe("endpoint.draining");
    const closed = served.endpoint.close();
    await rounds.next();
    await served.endpoint.close({ drain: false });
    await closed;
    for (const client of clients) expect((await client.closed).code).toBe(1012);
    served.work.open();
  });

  it("refuses a client whose connect was under way when it began", async () => {
    const [connecting, connect] = [gate(), gate()];
    const socket = defineSocket({
      connect: async () => {
        connecting.open();
        await connect.passed;
        return ok();
      },
      channels: [],
    });
    const served = await serve({ "/socket": socket });
    const refused = refusal(served.url());
    await connecting.passed;
    void served.endpoint.drain();
    connect.open();
    expect(await refused).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  });

  it.each([
    [{ batchSize: 0 }, "batchSize is 0"],
    [{ batchInterval: 1.5 }, "batchInterval is 1.5"],
    [{ deadLine: 1 }, 'has no option "deadLine"'],
  ])("refuses %j", async (drain, message) => {
    const refused = expect.objectContaining({ code: "WB_OPTION", message: expect.stringContaining(message) });
    await expect(serve({ "/socket": slowRoom().socket }, { drain } as never)).rejects.toEqual(refused);
    const { endpoint } = await serve({ "/socket": slowRoom().socket });
    expect(() => endpoint.drain(drain as never)).toThrow(refused);
  });
});
