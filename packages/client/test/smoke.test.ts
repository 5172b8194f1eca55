import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createEndpoint, defineChannel, defineSocket, error, ok, refuse } from "wingbeat";
import { PushError, Socket } from "@wingbeat/client";
import { z } from "zod";

const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string; at: Date } }>()
  .join(z.object({ since: z.number().optional() }), (ctx, { since }) =>
    ctx.params.id === "secret" ? refuse({ reason: "unauthorized" }) : ok({ since: since ?? 0 }),
  )
  .handleIn("new_msg", z.object({ body: z.string() }), (ctx, { body }) => {
    ctx.broadcast("new_msg", { body, at: new Date(0) });
    return body === "bad" ? error({ reason: "bad word", word: body }) : ok({ id: 7 });
  })
  .handleIn("crash", () => { throw new Error("x"); })
  .handleIn("silent", () => {})
  .handleIn("reaction:*", (ctx) => ok({ event: ctx.event ?? "" }));
const userSocket = defineSocket({ connect: () => ok(), channels: [room] });

describe("smoke", () => {
  it("works", async () => {
    const endpoint = createEndpoint({ sockets: { "/socket": userSocket }, logger: false });
    const { port } = await endpoint.listen(0, "127.0.0.1");
    const socket = new Socket<typeof userSocket>(`http://127.0.0.1:${port}/socket`, { transport: WebSocket });
    socket.connect();
    const channel = socket.channel("room:42", { since: 3 });
    const { since } = await channel.join();
    expect(since).toBe(3);
    const got = new Promise<string>((resolve) => channel.on("new_msg", (m) => resolve(m.at)));
    const { id } = await channel.push("new_msg", { body: "hi" });
    expect(id).toBe(7);
    expect(await got).toBe("1970-01-01T00:00:00.000Z");
    expect((await channel.push("reaction:up", {})).event).toBe("reaction:up");
    const refused = await channel.push("new_msg", { body: "bad" }).catch((e: PushError) => e);
    expect(refused).toMatchObject({ reason: "refused", response: { reason: "bad word" } });
    channel.push("new_msg", { body: "bad" }).receive("error", (r) => { const x: string = r.reason; return x; });
    await expect(channel.push("silent", {}, 20)).rejects.toMatchObject({ reason: "timeout" });
    await expect(channel.push("crash")).rejects.toMatchObject({ reason: "crashed" });
    await expect(socket.channel("room:secret").join()).rejects.toThrow(/unauthorized/);
    // @ts-expect-error
    socket.channel("rom:1");
    // @ts-expect-error
    socket.channel("room:1", { since: "x" });
    // @ts-expect-error
    channel.push("nope", {});
    // @ts-expect-error
    channel.push("new_msg", { bdy: 1 });
    // @ts-expect-error
    channel.push("new_msg");
    // @ts-expect-error
    channel.on("new_mesg", () => {});
    await new Promise<void>((resolve) => socket.disconnect(resolve));
    await endpoint.close();
  });
});
