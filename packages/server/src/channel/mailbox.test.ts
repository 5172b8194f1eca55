import { afterEach, describe, expect, it } from "vitest";
import type { AnyChannel } from "../channel.ts";
import { attach, defineChannel, defineSocket, ok } from "../index.ts";
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
  detach.push(attach(event, (one) => data.push(one)));
  return data;
}

function clientOf(channel: AnyChannel, mailboxLimit: number): TestClient {
  const socket: SocketDefinition = defineSocket({
    connect: () => ok(),
    channels: [channel as typeof base],
    mailboxLimit,
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
    const channel = base.handleIn("work", () => never).handleIn("echo", () => ok());
    const client = clientOf(channel, 2);
    const [one, two] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    for (let n = 0; n < 3; n++) one.push("work");
    await turn();
    expect(paused).toHaveLength(1);
    const ref = two.push("echo");
    for (let n = 0; n < 3; n++) kit.endpoint.pubsub.broadcast("room:1", "too many of these");
    await one.assertPush("phx_error");
    await two.assertReply(ref, "ok");
    expect(resumed).toHaveLength(1);
  });
});

describe("broadcasts and own messages beyond the limit", () => {
  const channel = base
    .handleIn("work", () => never)
    .handleIn("echo", () => ok())
    .handleOut("secret", () => {})
    .terminate((ctx) => ctx.endpoint.broadcast("room:ended", ctx.topic, {}));

  it("crash the channel; others live on", async () => {
    const client = clientOf(channel, 3);
    const [one, two] = [await client.subscribeAndJoin("room:1"), await client.subscribeAndJoin("room:2")];
    one.push("work");
    await turn();
    for (let n = 0; n < 3; n++) kit.endpoint.broadcast("room:1", "secret", {});
    await one.refutePush("phx_error", undefined, 5);
    kit.endpoint.broadcast("room:1", "secret", {});
    await one.assertPush("phx_error", { reason: "channel_crash" });
    await two.assertReply(two.push("echo"), "ok");
    await client.subscribeAndJoin("room:1");
  });

  it("are counted apart from the client's messages", async () => {
    const crashed = record("channel.crashed");
    const room = await clientOf(channel, 3).subscribeAndJoin("room:1");
    for (let n = 0; n < 3; n++) room.push("work");
    for (let n = 0; n < 3; n++) kit.endpoint.broadcast("room:1", "secret", {});
    await turn();
    expect(crashed).toEqual([]);
    kit.endpoint.broadcast("room:1", "secret", {});
    await room.assertPush("phx_error");
    expect(crashed).toMatchObject([{ error: { code: "WB_MAILBOX_OVERFLOW" } }]);
  });
});
