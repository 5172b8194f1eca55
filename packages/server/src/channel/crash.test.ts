import { afterEach, describe, expect, it } from "vitest";
import type { AnyChannel } from "../channel.ts";
import { defineChannel, defineSocket, ok, reply, stop, Telemetry } from "../index.ts";
import type { SocketDefinition } from "../index.ts";
import { testSocket } from "../testing.ts";
import type { TestChannel, TestClient, TestKit } from "../testing.ts";

let kit: TestKit;
afterEach(() => kit.close());

const base = defineChannel("room:*").join(() => ok());

/** A client of a socket with one channel. The tests are about behaviour: its topics and events are any. */
function clientOf(channel: AnyChannel): TestClient {
  const socket: SocketDefinition = defineSocket({ connect: () => ok(), channels: [channel as typeof base] });
  kit = testSocket(socket, { timeout: 60_000 });
  return kit.socket();
}

const joined = (channel: AnyChannel): Promise<TestChannel> => clientOf(channel).subscribeAndJoin("room:1");

describe("a crash", () => {
  const boom = new Error("boom");
  const ways: readonly (readonly [string, () => Promise<never> | never])[] = [
    [
      "a throw",
      () => {
        throw boom;
      },
    ],
    ["a rejected promise", () => Promise.reject(boom)],
    [
      "a rejection later on",
      async () => {
        await Promise.resolve();
        throw boom;
      },
    ],
  ];

  it.each(ways)("in join, by %s, is answered with join crashed", async (_way, crash) => {
    const client = clientOf(defineChannel("room:*").join(() => crash()));
    const answer = await client.join("room:1");
    expect(answer).toEqual({ status: "error", response: { reason: "join crashed" }, error: boom });
    expect(kit.endpoint.pubsub.size.subscriptions).toBe(0);
  });

  it.each(ways)("in handleIn, handleOut and handleInfo, by %s, ends that channel only", async (_way, crash) => {
    const channel = base
      .handleIn("handleIn", () => crash())
      .handleIn("handleInfo", (ctx) => ctx.send(1))
      .handleIn("handleOut", (ctx) => ctx.broadcast("out", {}))
      .handleInfo(() => crash())
      .handleOut("out", () => crash())
      .terminate((ctx, reason, detail) => ctx.push("terminate", { reason, same: detail === boom }));
    const client = clientOf(channel);
    const other = await client.subscribeAndJoin("room:2");
    for (const callback of ["handleIn", "handleInfo", "handleOut"]) {
      const room = (await client.join("room:1")) as { channel: TestChannel };
      const ref = room.channel.push(callback);
      await room.channel.assertPush("phx_error", { reason: "channel_crash" });
      await room.channel.assertPush("terminate", { reason: "crashed", same: true }, 0);
      await room.channel.refuteReply(ref, 0);
      expect(await room.channel.assertTerminated("crashed")).toEqual({ reason: "crashed", error: boom });
    }
    await other.assertReply(other.leave(), "ok");
    expect(kit.endpoint.pubsub.size).toEqual({ topics: 1, subscriptions: 1 });
  });

  it.each(ways)("in terminate, by %s, harms nobody", async (_way, crash) => {
    const client = clientOf(base.terminate(() => crash()));
    const room = await client.subscribeAndJoin("room:1");
    await room.assertReply(room.leave(), "ok");
    await room.assertTerminated("left");
    await client.subscribeAndJoin("room:1");
  });

  it("of a callback that outlives its connection is reported, and terminate waits for the callback", async () => {
    const log: string[] = [];
    let fail = (_error: Error): void => {};
    const work = new Promise<never>((_resolve, reject) => (fail = reject));
    const channel = base.handleIn("work", () => work).terminate((_ctx, reason) => void log.push(reason));
    const room = await clientOf(channel).subscribeAndJoin("room:1");
    const detach = Telemetry.attach("channel.crashed", ({ callback, error }) => log.push(`${callback}: ${error}`));
    await room.refuteReply(room.push("work"), 0);
    room.close();
    expect(log).toEqual([]);
    fail(boom);
    await room.assertTerminated("crashed");
    detach();
    expect(log).toEqual(["handleIn: Error: boom", "crashed"]);
  });

  it("is answered with phx_error only: messages behind it get unmatched topic", async () => {
    const room = await joined(base.handleIn("crash", () => Promise.reject(boom)).handleIn("echo", () => ok()));
    const refs = [room.push("crash"), room.push("echo"), room.push("echo")];
    await room.assertPush("phx_error");
    for (const ref of refs.slice(1)) await room.assertReply(ref, "error", { reason: "unmatched topic" });
    await room.refuteReply(refs[0] as string, 0);
  });
});

describe("wrong returns crash the channel with WB_BAD_RETURN", () => {
  const wrong: readonly unknown[] = [null, {}, { ok: true }, "ok", 7, true, ["ok"]];

  it.each(wrong)("%j", async (value) => {
    const channel = base
      .handleIn("handleIn", () => value as undefined)
      .handleIn("later", async () => value as undefined)
      .handleIn("handleInfo", (ctx) => ctx.send(1))
      .handleInfo(() => value as undefined)
      .handleOut("out", () => value as undefined);
    const client = clientOf(channel);
    for (const callback of ["handleIn", "later", "handleInfo", "handleOut"]) {
      const { channel: room } = (await client.join("room:1")) as { channel: TestChannel };
      if (callback === "handleOut") kit.endpoint.broadcast("room:1", "out", {});
      else room.push(callback);
      expect(await room.assertTerminated("crashed")).toMatchObject({ error: { code: "WB_BAD_RETURN" } });
    }
  });

  it.each([undefined, ...wrong, reply("maybe"), stop()])("from join: %j", async (value) => {
    const client = clientOf(defineChannel("room:*").join(() => value as never));
    const answer = await client.join("room:1");
    expect(answer).toMatchObject({ response: { reason: "join crashed" }, error: { code: "WB_BAD_RETURN" } });
  });

  it("also a reply from handleInfo, and a reply that is no JSON", async () => {
    const channel = base
      .handleIn("send", (ctx) => ctx.send(1))
      .handleIn("bigint", () => ok({ n: 1n }))
      .handleInfo(() => ok() as never);
    for (const event of ["send", "bigint"]) {
      const room = await joined(channel);
      room.push(event);
      await room.assertTerminated("crashed");
    }
  });
});
