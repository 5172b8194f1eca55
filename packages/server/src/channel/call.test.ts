import { type } from "arktype";
import * as v from "valibot";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import type { AnyChannel } from "../channel.ts";
import { defineChannel, defineSocket, ok, refuse } from "../index.ts";
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

describe("what a channel takes", () => {
  it("unknown events are answered with an error and harm nothing", async () => {
    const room = await joined(base.handleIn("known", () => ok()));
    await room.assertReply(room.push("other"), "error", { reason: "unknown event" });
    await room.assertReply(room.push("known"), "ok");
  });

  it.each([
    ["zod", z.object({ user: z.object({ age: z.number() }) })],
    ["valibot", v.object({ user: v.object({ age: v.number() }) })],
    ["arktype", type({ user: { age: "number" } })],
    ["async zod", z.object({ user: z.object({ age: z.number().refine(async (age) => age > 0) }) })],
  ])("payloads that %s refuses are answered with the issues", async (_library, schema) => {
    const channel = defineChannel("room:*")
      .join(schema, () => ok())
      .handleIn("do", schema, (_ctx, payload) => ok(payload));
    const client = clientOf(channel);
    const invalid = { reason: "invalid payload", issues: [{ path: ["user", "age"], message: expect.any(String) }] };
    expect(await client.join("room:1", { user: { age: "7" } })).toMatchObject({ status: "error", response: invalid });
    const room = await client.subscribeAndJoin("room:1", { user: { age: 7 } });
    await room.assertReply(room.push("do", { user: { age: "7" } }), "error", invalid);
    const response = await room.assertReply(room.push("do", { user: { age: 7 } }), "ok");
    expect(response).toEqual({ user: { age: 7 } });
  });

  it("handlers get what the schema makes of the payload", async () => {
    const room = await joined(
      base.handleIn("do", z.object({ n: z.coerce.number().default(1) }), (_ctx, { n }) => ok({ n })),
    );
    await room.assertReply(room.push("do", { n: "5" }), "ok", { n: 5 });
    await room.assertReply(room.push("do", {}), "ok", { n: 1 });
  });

  it("prefixes: exact names first, then in the order of declaration", async () => {
    const room = await joined(
      base
        .handleIn("reaction:*", (ctx) => ok({ by: "reaction:*", event: ctx.event }))
        .handleIn("reaction:add", () => ok({ by: "reaction:add" }))
        .handleIn("re*", () => ok({ by: "re*" }))
        .handleIn("reaction:late*", () => ok({ by: "never" }))
        .handleIn("*", () => ok({ by: "*" })),
    );
    const by = async (event: string) => room.assertReply(room.push(event), "ok");
    expect(await by("reaction:add")).toEqual({ by: "reaction:add" });
    expect(await by("reaction:late")).toEqual({ by: "reaction:*", event: "reaction:late" });
    expect(await by("reaction:")).toEqual({ by: "reaction:*", event: "reaction:" });
    expect(await by("reaction")).toEqual({ by: "re*" });
    expect(await by("other")).toEqual({ by: "*" });
  });

  it("refuse() without a reason refuses a join with an empty response", async () => {
    const client = clientOf(defineChannel("room:*").join(() => refuse()));
    expect(await client.join("room:1")).toEqual({ status: "error", response: {}, error: undefined });
  });
});
