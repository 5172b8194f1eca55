import { describe, expect, it, onTestFinished } from "vitest";
import { defineChannel, defineSocket, ok } from "../index.ts";
import { testSocket } from "../testing.ts";

const ran: (string | undefined)[] = [];
const room = defineChannel("room:{id}")
  .dedupe()
  .join(() => ok())
  .handleIn("say", (ctx) => {
    ran.push(ctx.idempotencyKey);
    return ok({ count: ran.length });
  });
const plain = defineChannel("plain").join(() => ok());
const socket = defineSocket({ connect: () => ok(), channels: [room, plain] });

function kitOf() {
  const kit = testSocket(socket);
  onTestFinished(() => kit.close());
  return kit;
}

describe("a test client that numbers its pushes", () => {
  it("gets the same reply when it repeats one, also on another connection, and the handler runs once", async () => {
    const kit = kitOf();
    const client = await kit.connect();
    const one = await client.subscribeAndJoin("room:1");
    const ref = await one.pushNumbered("say", {});
    const reply = await one.assertReply(ref, "ok", { count: 1 });
    expect(await one.assertReply(one.repeat(ref), "ok")).toEqual(reply);
    client.close();
    await client.reconnect();
    expect(await one.assertReply(one.repeat(ref), "ok")).toEqual(reply);
    const next = await one.pushNumbered("say", {});
    await one.assertReply(next, "ok", { count: 2 });
    expect(ran.filter((key) => key?.endsWith(":1"))).toHaveLength(1);
  });

  it("is told when the channel does not take them, or the ref is none", async () => {
    const client = await kitOf().connect();
    const channel = await client.subscribeAndJoin("plain");
    await expect(channel.pushNumbered("say" as never)).rejects.toThrow(/declare \.dedupe\(\) on it/);
    expect(() => channel.repeat("99")).toThrow(/pushNumbered gave no such ref/);
  });
});
