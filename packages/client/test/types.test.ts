/** What `new Socket<typeof userSocket>()` knows of its server. The compiler checks it; a run shows that it is so. */
import { describe, expect, it, onTestFinished } from "vitest";
import { createEndpoint, defineChannel, defineSocket, ok, refuse } from "wingbeat";
import { Socket } from "@wingbeat/client";
import { WebSocket } from "ws";
import { z } from "zod";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string; at: Date } }>()
  .join(z.object({ since: z.number().optional() }), (ctx, { since }) =>
    ctx.params.id === "secret" ? refuse({ reason: "unauthorized" }) : ok({ since: since ?? 0 }),
  )
  .handleIn("new_msg", z.object({ body: z.string() }), (ctx, { body }) => {
    ctx.broadcast("new_msg", { body, at: new Date(0) });
    return body === "bad" ? refuse({ reason: "bad word", word: body }) : ok({ id: 7 });
  })
  .handleIn("reaction:*", (ctx) => ok({ event: ctx.event ?? "" }));
const userSocket = defineSocket({ connect: () => ok({}), channels: [room] });

async function connected(): Promise<Socket<typeof userSocket>> {
  const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const socket = new Socket<typeof userSocket>(`http://127.0.0.1:${port}/socket`, { transport: WebSocket });
  onTestFinished(async () => {
    socket.disconnect();
    await endpoint.close();
  });
  socket.connect();
  return socket;
}

describe("a typed socket", () => {
  it("knows join params, replies, payloads and refusals", async () => {
    const channel = (await connected()).channel("room:42", { since: 3 });
    const { since } = await channel.join();
    expect(since satisfies number).toBe(3);
    const got = new Promise<string>((resolve) => channel.on("new_msg", ({ at }) => resolve(at satisfies string)));
    const { id } = await channel.push("new_msg", { body: "hi" });
    expect(id satisfies number).toBe(7);
    expect(await got).toBe("1970-01-01T00:00:00.000Z");
    const { event } = await channel.push("reaction:up", {});
    expect(event satisfies string).toBe("reaction:up");
    const word = new Promise((resolve) =>
      channel.push("new_msg", { body: "bad" }).receive("error", (response) => {
        resolve("word" in response ? (response.word satisfies string) : (response.reason satisfies string));
      }),
    );
    expect(await word).toBe("bad");
  });

  it("refuses what the server does not have, at compile time", async () => {
    const socket = await connected();
    const channel = socket.channel("room:1");
    await channel.join();
    const never: unknown[] = [
      // @ts-expect-error -- no such topic
      () => socket.channel("rom:1"),
      // @ts-expect-error -- since is a number
      () => socket.channel("room:1", { since: "x" }),
      // @ts-expect-error -- no such event
      () => channel.push("nope", {}),
      // @ts-expect-error -- no such key
      () => channel.push("new_msg", { bdy: 1 }),
      // @ts-expect-error -- the payload is required
      () => channel.push("new_msg"),
      // @ts-expect-error -- no such event
      () => channel.cast("nope", {}),
      // @ts-expect-error -- no such key
      () => channel.cast("new_msg", { bdy: 1 }),
      () => channel.cast("new_msg", { body: "x" }) satisfies boolean,
      // @ts-expect-error -- the server pushes no such event
      () => channel.on("new_mesg", () => {}),
    ];
    expect(never).toHaveLength(9);
    await expect(socket.channel("room:secret").join()).rejects.toThrow(
      '"phx_join" on "room:secret" failed: unauthorized',
    );
  });

  it("that is not typed takes any topic, event and payload, as in phoenix.js", () => {
    const socket = new Socket("ws://127.0.0.1/socket", { transport: WebSocket });
    const channel = socket.channel("any", { thing: 1 });
    channel.on("event", ({ body }: { body: string }) => body);
    expect(() => channel.push("event", { body: "x" })).toThrow("before join()");
  });
});
