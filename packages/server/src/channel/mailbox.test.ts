import { afterEach, describe, expect, it } from "vitest";
import type { AnyChannel } from "../channel.ts";
import { defineChannel, defineSocket, ok, Telemetry } from "../index.ts";
import type { SocketDefinition, TelemetryEvent, TelemetryEvents } from "../index.ts";
import { testSocket } from "../testing.ts";
import type { TestClient, TestKit } from "../testing.ts";

let kit: TestKit;
const detach: (() => void)[] = [];
afterEach(async () => {
  for (const stop of detach.splice(0)) stop();
  await kit.close();
});

function record<Event extends TelemetryEvent>(event: Event): TelemetryEvents[Event][] {
  const data: TelemetryEvents[Event][] = [];
  detach.push(Telemetry.attach(event, (one) => data.push(one)));
  return data;
}

function clientOf(channel: AnyChannel, maxMailboxMessages: number): TestClient {
  const socket: SocketDefinition = defineSocket({
    connect: () => ok(),
    channels: [channel as typeof base],
    maxMailboxMessages,
  });
  kit = testSocket(socket, { timeout: 60_000 });
  return kit.socket();
}

/** Until everything that is scheduled by now has run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const base = defineChannel("room:*").join(() => ok());
const never = new Promise<void>(() => {});

describe("a full mailbox", () => {
  it("stops the reading at its limit and resumes at half of it; nothing is lost or reordered", async () => {
    let open = (): void => {};
    const work = new Promise<void>((resolve) => (open = resolve));
    const [paused, resumed] = [record("socket.paused"), record("socket.resumed")];
    const handled: number[] = [];
    const channel = base.handleIn("work", async (_ctx, payload) => {
      handled.push((payload as { n: number }).n);
      await work;
    });
    const room = await clientOf(channel, 4).subscribeAndJoin("room:1");
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    for (const n of numbers) {
      room.push("work", { n });
      await turn();
    }
    expect(handled).toEqual([0]);
    expect(paused).toMatchObject([{ topic: "room:1", waiting: 4 }]);
    expect(resumed).toEqual([]);
    open();
    await turn();
    await turn();
    expect(handled).toEqual(numbers);
    expect(resumed).toHaveLength(paused.length);
    expect(resumed[0]).toMatchObject({ topic: "room:1", waiting: 2 });
  });

  it("holds up the other channels of its connection, not other connections", async () => {
    const channel = base.handleIn("work", () => never).handleIn("echo", () => ok());
    const client = clientOf(channel, 2);
    const [one, two] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    const other = await kit.socket().subscribeAndJoin("room:1");
    for (let n = 0; n < 3; n++) one.push("work");
    await turn();
    const ref = two.push("echo");
    await other.assertReply(other.push("echo"), "ok");
    await two.refuteReply(ref, 5);
    kit.endpoint.broadcast("room:1", "not_intercepted", {});
    await one.assertPush("not_intercepted");
  });

  it("is freed, and reading resumes, when the channel ends", async () => {
    const [paused, resumed] = [record("socket.paused"), record("socket.resumed")];
    let sendMany = (): void => {};
    const channel = base
      .handleIn("work", (ctx) => {
        sendMany = () => {
          for (let n = 0; n < 3; n++) ctx.send("one of too many");
        };
        return never;
      })
      .handleIn("echo", () => ok());
    const client = clientOf(channel, 2);
    const [one, two] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    for (let n = 0; n < 3; n++) one.push("work");
    await turn();
    expect(paused).toHaveLength(1);
    const ref = two.push("echo");
    sendMany();
    await one.assertPush("phx_error");
    await two.assertReply(ref, "ok");
    expect(resumed).toHaveLength(1);
  });
});

describe("beyond the limit", () => {
  it("broadcasts are dropped and told in one sum; the channel lives, and what it has is handled in order", async () => {
    const [crashed, dropped] = [record("channel.crashed"), record("channel.dropped")];
    const handled: unknown[] = [];
    let open = (): void => {};
    const work = new Promise<void>((resolve) => (open = resolve));
    const channel = base
      .handleIn("work", () => work)
      .handleIn("echo", () => ok())
      .handleOut("secret", (ctx, payload) => {
        handled.push((payload as { n: number }).n);
        ctx.push("secret", payload as object);
      });
    const room = await clientOf(channel, 3).subscribeAndJoin("room:1");
    room.push("work");
    await turn();
    for (let n = 0; n < 10; n++) kit.endpoint.broadcast("room:1", "secret", { n });
    kit.endpoint.broadcast("room:1", "open", {});
    await turn();
    expect(dropped).toMatchObject([{ topic: "room:1", event: "secret", count: 1 }]);
    open();
    await room.assertPush("secret", { n: 2 });
    await room.assertPush("open");
    expect(handled).toEqual([0, 1, 2]);
    expect(dropped).toMatchObject([{ count: 1 }, { event: undefined, count: 6 }]);
    expect(crashed).toEqual([]);
    await room.assertReply(room.push("echo"), "ok");
  });

  it("plain messages of others are dropped as well, and leave room for the channel's own", async () => {
    const [crashed, dropped] = [record("channel.crashed"), record("channel.dropped")];
    let send = (_message: string): void => {};
    const channel = base
      .handleIn("work", (ctx) => {
        send = (message) => ctx.send(message);
        return never;
      })
      .handleInfo(() => {});
    const room = await clientOf(channel, 2).subscribeAndJoin("room:1");
    room.push("work");
    await turn();
    for (let n = 0; n < 5; n++) kit.endpoint.pubsub.broadcast("room:1", "plain");
    send("own");
    send("own");
    await turn();
    expect(dropped).toHaveLength(1);
    expect(crashed).toEqual([]);
    send("own");
    await room.assertPush("phx_error", { reason: "channel_crash" });
    expect(crashed).toMatchObject([{ error: { code: "WB_MAILBOX_OVERFLOW" } }]);
    expect(dropped).toMatchObject([{ count: 1 }, { count: 2 }]);
  });
});
