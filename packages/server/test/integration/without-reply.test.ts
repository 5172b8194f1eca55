/** Messages without a ref, and handlers that do not reply: as in Phoenix, unless the client has asked for extensions. */
import { describe, expect, it } from "vitest";
import { defineChannel, defineSocket, ok } from "../../src/index.ts";
import type { ReplyRef, SocketDefinition } from "../../src/index.ts";
import { FrameClient } from "./frame-client.ts";
import { userSocket } from "./room.ts";
import { serve } from "./serve.ts";

const EXTENSIONS = { wingbeat: "1" };

async function joined(params: Record<string, string>, socket: SocketDefinition = userSocket()): Promise<FrameClient> {
  const { url } = await serve({ "/socket": socket });
  const client = await FrameClient.open(url(undefined, params));
  await client.join("room:1");
  return client;
}

const replyTo = (ref: string | null, status: string, response: object): unknown => [
  "1",
  ref,
  "room:1",
  "phx_reply",
  { status, response },
];

describe("a message without a ref", () => {
  it("is replied to with a null ref, as Phoenix does", async () => {
    const client = await joined({});
    client.send("1", null, "room:1", "echo", { n: 1 });
    client.send("1", null, "room:1", "unheard_of", {});
    expect(await client.inbox.take(2)).toEqual([
      replyTo(null, "ok", { n: 1 }),
      replyTo(null, "error", { reason: "unknown event" }),
    ]);
  });

  it("is not replied to with extensions: handled all the same", async () => {
    const client = await joined(EXTENSIONS);
    client.send("1", null, "room:1", "echo", { n: 1 });
    client.send("1", null, "room:1", "unheard_of", {});
    client.send("1", null, "room:1", "silent", {});
    client.send("1", null, "room:1", "push", { n: 2 });
    client.send("1", "2", "room:1", "echo", {});
    expect(await client.inbox.take(2)).toEqual([["1", null, "room:1", "pushed", { n: 2 }], replyTo("2", "ok", {})]);
  });
});

describe("a handler that does not reply", () => {
  it("leaves a message without an answer, as in Phoenix", async () => {
    const client = await joined({});
    client.send("1", "2", "room:1", "silent", {});
    client.send("1", "3", "room:1", "echo", {});
    expect(await client.next()).toEqual(replyTo("3", "ok", {}));
  });

  it("is answered with an empty ok, with extensions, when it has settled", async () => {
    const client = await joined(EXTENSIONS);
    client.send("1", "2", "room:1", "silent", {});
    client.send("1", "3", "room:1", "push", { n: 1 });
    expect(await client.inbox.take(3)).toEqual([
      replyTo("2", "ok", {}),
      ["1", null, "room:1", "pushed", { n: 1 }],
      replyTo("3", "ok", {}),
    ]);
  });

  it("is not answered for when it has taken the ref to reply later", async () => {
    const refs: ReplyRef[] = [];
    const channel = defineChannel("room:*")
      .join(() => ok())
      .handleIn("later", async (ctx) => {
        await Promise.resolve();
        refs.push(ctx.socketRef());
      })
      .handleIn("now", () => {
        refs.shift()?.reply(ok({ late: true }));
      });
    const client = await joined(EXTENSIONS, defineSocket({ connect: () => ok({ name: "" }), channels: [channel] }));
    client.send("1", "2", "room:1", "later", {});
    client.send("1", "3", "room:1", "now", {});
    expect(await client.inbox.take(2)).toEqual([replyTo("2", "ok", { late: true }), replyTo("3", "ok", {})]);
  });
});
