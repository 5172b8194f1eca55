/** What presence needs of channels, and anybody may use: `ctx.afterJoin` and `ctx.onEnd`. */
import { describe, expect, it } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "../../src/index.ts";
import { FrameClient } from "../integration/frame-client.ts";
import { gate, Inbox } from "../integration/inbox.ts";
import { serve } from "../integration/serve.ts";
import { observe } from "../integration/telemetry.ts";

type Tail = readonly [event: unknown, payload: unknown];
const tail = (frame: unknown): Tail => [(frame as unknown[])[3], (frame as unknown[])[4]];
const REPLY = (response: object): Tail => ["phx_reply", { status: "ok", response }];

describe("afterJoin", () => {
  it.each([
    ["sync", (): void => {}],
    ["async", (): Promise<void> => new Promise((resolve) => setImmediate(resolve))],
  ])("of a join that is %s: after the reply, in order, before the client's next message", async (_what, wait) => {
    const room = defineChannel("room")
      .join(async (ctx) => {
        ctx.afterJoin(() => ctx.push("first", {}));
        ctx.afterJoin(async () => {
          await wait();
          ctx.push("second", {});
        });
        ctx.send("info");
        await wait();
        return ok({ joined: true });
      })
      .handleInfo((ctx, message) => ctx.push(message as string, {}))
      .handleIn("echo", () => ok({ echo: true }));
    const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
    const client = await FrameClient.open(url());
    client.send("1", "1", "room", "phx_join", {});
    client.send("1", "2", "room", "echo", {});
    const frames = (await client.inbox.take(5)).map(tail);
    expect(frames[0]).toEqual(REPLY({ joined: true }));
    const events = frames.map(([event]) => event);
    expect(events).toContain("info");
    expect(events.filter((event) => event !== "info")).toEqual(["phx_reply", "first", "second", "phx_reply"]);
  });

  it("is dropped with a refused join, and done at once in a handler", async () => {
    const done: string[] = [];
    const room = defineChannel("room:{id}")
      .join((ctx) => {
        ctx.afterJoin(() => void done.push(ctx.topic));
        return ctx.params.id === "no" ? refuse() : ok();
      })
      .handleIn("now", (ctx) => {
        ctx.afterJoin(() => void done.push("now"));
        return ok({ done: [...done] });
      });
    const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
    const client = await FrameClient.open(url());
    await client.join("room:no");
    await client.join("room:yes");
    expect(await client.call("room:yes", "now")).toEqual({ status: "ok", response: { done: ["room:yes", "now"] } });
  });

  it.each([
    ["throws", false],
    ["rejects", true],
  ])("that %s crashes the channel", async (_what, isAsync) => {
    const crashes = observe("channel.crashed");
    const fail = (): void | Promise<void> => {
      if (isAsync) return Promise.reject(new Error("told to"));
      throw new Error("told to");
    };
    const room = defineChannel("room:{id}")
      .join((ctx) => {
        if (ctx.params.id === "join") ctx.afterJoin(fail);
        return ok();
      })
      .handleIn("now", (ctx) => ctx.afterJoin(fail));
    const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
    const client = await FrameClient.open(url());
    await client.join("room:join");
    expect(tail(await client.next())).toEqual(["phx_error", { reason: "channel_crash" }]);
    await client.join("room:handler");
    client.send("1", "2", "room:handler", "now", {});
    expect(tail(await client.next())).toEqual(["phx_error", { reason: "channel_crash" }]);
    for (const crash of await crashes.take(2)) expect(crash.error).toMatchObject({ message: "told to" });
  });

  it("does nothing when the channel has ended meanwhile", async () => {
    const { passed, open } = gate();
    const done: string[] = [];
    const ended = new Inbox<string>();
    const room = defineChannel("room").join(async (ctx) => {
      ctx.onEnd((reason) => ended.put(reason));
      await passed;
      ctx.afterJoin(() => void done.push("task"));
      ctx.onEnd(() => void done.push("end"));
      return ok();
    });
    const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
    const client = await FrameClient.open(url());
    client.send("1", "1", "room", "phx_join", {});
    await client.settled();
    client.socket.terminate();
    expect(await ended.next()).toBe("closed");
    open();
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toEqual([]);
  });
});

it("what a channel sends itself in an async join is handled when it is joined", async () => {
  const room = defineChannel("room:{id}")
    .join(async (ctx) => {
      ctx.subscribe("news");
      ctx.send("own");
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ctx.params.id === "no" ? refuse() : ok();
    })
    .handleInfo((ctx, message) => ctx.push("info", { is: message === "own" ? message : "news" }));
  const { url, endpoint } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
  const client = await FrameClient.open(url());
  client.send("1", "1", "room:no", "phx_join", {});
  client.send("2", "2", "room:1", "phx_join", {});
  await client.settled();
  endpoint.broadcast("news", "news", {});
  expect((await client.inbox.take(4)).map(tail)).toEqual([
    ["phx_reply", { status: "error", response: {} }],
    REPLY({}),
    ["info", { is: "own" }],
    ["info", { is: "news" }],
  ]);
});

describe("onEnd", () => {
  it.each([
    ["left", (client: FrameClient) => client.send("1", "2", "room", "phx_leave", {})],
    ["closed", (client: FrameClient) => client.socket.terminate()],
    ["crashed", (client: FrameClient) => client.send("1", "2", "room", "crash", {})],
    ["duplicate_join", (client: FrameClient) => client.send("2", "2", "room", "phx_join", {})],
    ["disconnected", () => {}],
  ])("is told that a channel %s, once, before terminate", async (reason, end) => {
    const told = new Inbox<string>();
    const room = defineChannel("room")
      .join((ctx) => {
        if (ctx.joinRef === "1") ctx.onEnd((why) => told.put(`end ${why}`));
        return ok();
      })
      .handleIn("crash", () => {
        throw new Error("told to");
      })
      .terminate((_ctx, why) => told.put(`terminate ${why}`));
    const socket = defineSocket({ connect: () => ok(), id: () => "id", channels: [room] });
    const { url, endpoint } = await serve({ "/socket": socket });
    const client = await FrameClient.open(url());
    await client.join("room");
    end(client);
    if (reason === "disconnected") endpoint.broadcast("id", "disconnect", {});
    expect(await told.take(2)).toEqual([`end ${reason}`, `terminate ${reason}`]);
  });

  it("is told of a refused join, too", async () => {
    const told = new Inbox<string>();
    const room = defineChannel("room").join((ctx) => {
      ctx.onEnd((reason) => told.put(reason));
      return refuse();
    });
    const { url } = await serve({ "/socket": defineSocket({ connect: () => ok(), channels: [room] }) });
    await (await FrameClient.open(url())).join("room");
    expect(await told.next()).toBe("refused");
  });
});

it("an endpoint without presences is alone", () => {
  const socket = defineSocket({ connect: () => ok(), channels: [defineChannel("room").join(() => ok())] });
  const endpoint = createEndpoint({ sockets: { "/socket": socket }, logger: false });
  expect(endpoint.nodes()).toEqual([endpoint.pubsub.nodeName]);
});
