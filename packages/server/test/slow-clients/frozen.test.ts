/** Clients that stop reading for a while, over real connections: our own client, a stock one, and long polling. */
import { Socket } from "@wingbeat/client";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { conflate, defineChannel, defineSocket, ok, volatile } from "../../src/index.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { PollClient } from "../integration/poll-client.ts";
import { serve } from "../integration/serve.ts";
import type { Served } from "../integration/serve.ts";
import { record, turn } from "./slow-client.ts";

const UPDATES = 300;

const room = defineChannel("room:*")
  .pushes<{ cursor: { user: string; n: number }; typing: object; end: object }>({
    cursor: conflate(({ user }) => user),
    typing: volatile(),
  })
  .join(() => ok())
  .handleIn("ping", () => ok());
// So few bytes may be on the way that no test depends on time.
const socket = defineSocket({ connect: () => ok(), channels: [room], maxUnackedBytes: 1_000, ackTimeout: Infinity });

const serveRoom = (): Promise<Served> => serve({ "/socket": { socket, longpoll: true } });

describe("a client that is frozen while 300 cursor positions are sent", () => {
  it("gets the newest right behind what was on its way, not a queue", async () => {
    const { endpoint, port } = await serveRoom();
    const skipped = record("channel.skipped");
    const client = new Socket(`ws://127.0.0.1:${port}/socket`, { transport: WebSocket });
    onTestFinished(() => new Promise<void>((resolve) => client.disconnect(resolve)));
    client.connect();
    const channel = client.channel("room:1");
    await channel.join();
    const got: number[] = [];
    const typed: object[] = [];
    const caughtUp = new Promise<void>((resolve) =>
      channel.on("cursor", (payload) => {
        const { n } = payload as { n: number };
        got.push(n);
        if (n === UPDATES) resolve();
      }),
    );
    channel.on("typing", (payload) => typed.push(payload as object));
    const reading = client.conn as unknown as WebSocket;
    reading.pause();
    for (let n = 1; n <= UPDATES; n++) {
      endpoint.broadcast("room:1", "cursor", { user: "ada", n });
      await turn();
    }
    endpoint.broadcast("room:1", "typing", {});
    reading.resume();
    await caughtUp;
    const onTheWay = got.length - 1;
    expect(onTheWay).toBeLessThan(30);
    expect(got).toEqual([...Array.from({ length: onTheWay }, (_, n) => n + 1), UPDATES]);
    expect(typed).toEqual([]);
    expect(skipped).toMatchObject([{ conflated: UPDATES - onTheWay - 1, volatile: 1 }]);
    await channel.push("ping"); // it has said that it has read everything
    endpoint.broadcast("room:1", "typing", {});
    const next = new Promise((resolve) => channel.on("end", resolve));
    endpoint.broadcast("room:1", "end", {});
    await next;
    expect(typed).toHaveLength(1);
  });

  it("gets all of them without extensions, while the kernels take them: as from Phoenix, without a byte more", async () => {
    const { endpoint, url } = await serveRoom();
    const client = await FrameClient.open(url());
    await client.join("room:1");
    client.socket.pause();
    const expected: unknown[] = [];
    for (let n = 1; n <= UPDATES; n++) {
      const payload = { user: "ada", n };
      endpoint.broadcast("room:1", "cursor", payload);
      expected.push([null, null, "room:1", "cursor", payload]);
      await turn();
    }
    client.socket.resume();
    expect(await client.inbox.take(UPDATES)).toEqual(expected);
  });

  it("gets the newest with its next poll, in the same answer as what waited before", async () => {
    const { endpoint, pollUrl } = await serveRoom();
    const client = await PollClient.open(pollUrl(), { polls: false });
    await client.post('["1","1","room:1","phx_join",{}]');
    await client.get();
    for (let n = 1; n <= UPDATES; n++) endpoint.broadcast("room:1", "cursor", { user: "ada", n });
    const { body } = await client.get();
    const numbers = body.messages.map((message) => (JSON.parse(message) as [0, 0, 0, 0, { n: number }])[4].n);
    expect(numbers.length).toBeLessThan(40);
    expect(numbers).toEqual([...numbers.slice(0, -1).map((_, n) => n + 1), UPDATES]);
  });
});
