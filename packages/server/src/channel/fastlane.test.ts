import { afterEach, describe, expect, it } from "vitest";
import { Broadcast, createEndpoint, defineChannel, defineSocket, ok } from "../index.ts";
import type { DeliverLocally, Endpoint, PubSubAdapter } from "../index.ts";
import { testSocket } from "../testing.ts";

const channel = defineChannel("room:*")
  .join((ctx) => {
    ctx.subscribe("news");
    return ok();
  })
  .handleOut("secret", (ctx, payload) => ctx.push("secret", { intercepted: payload }))
  .handleInfo((ctx, message) => {
    if (message instanceof Broadcast) ctx.push("got", { ...message });
  });
const socket = defineSocket({ connect: () => ok(), channels: [channel] });

/** Two nodes whose messages travel as plain data. */
function nodes(): [Endpoint, Endpoint] {
  const deliveries = new Map<string, DeliverLocally>();
  const adapter = (nodeName: string): PubSubAdapter => ({
    nodeName,
    start: (deliver) => void deliveries.set(nodeName, deliver),
    broadcast(message) {
      const copy = structuredClone(message);
      for (const [name, deliver] of deliveries) if (name !== nodeName) deliver(copy);
    },
    directBroadcast: (name, message) => deliveries.get(name)?.(structuredClone(message)),
    stop: () => void deliveries.delete(nodeName),
  });
  const endpointOf = (name: string): Endpoint =>
    createEndpoint({ sockets: { "/socket": socket }, pubsub: adapter(name), logger: false });
  return [endpointOf("a"), endpointOf("b")];
}

const endpoints: Endpoint[] = [];
afterEach(async () => {
  for (const endpoint of endpoints.splice(0)) await endpoint.close();
});

describe("a broadcast of another node", () => {
  it("reaches clients, handleOut, handleInfo and plain subscribers as one of this node does", async () => {
    const [here, there] = nodes();
    endpoints.push(here, there);
    await Promise.all([here.pubsub.start(), there.pubsub.start()]);
    const kit = testSocket(socket, { endpoint: here });
    const client = kit.socket({}, "user:1");
    const room = await client.subscribeAndJoin("room:1");
    there.broadcast("room:1", "open", { a: 1 });
    await room.assertPush("open", { a: 1 });
    expect(await room.assertBroadcast("open")).toEqual({ a: 1 });
    there.broadcast("room:1", "secret", { a: 2 });
    await room.assertPush("secret", { intercepted: { a: 2 } });
    there.broadcast("news", "hello", { a: 3 });
    await room.assertPush("got", { topic: "news", event: "hello", payload: { a: 3 } });
    const received: unknown[] = [];
    here.subscribe("news", (broadcast) => received.push(broadcast));
    there.broadcast("news", "hello", { a: 4 });
    expect(received).toEqual([new Broadcast("news", "hello", { a: 4 })]);
    expect(received[0]).toBeInstanceOf(Broadcast);
    there.broadcast("user:1", "disconnect", {});
    await client.assertClosed(1001);
    await kit.close();
  });
});

describe("a broadcast", () => {
  it("is encoded once, and all receivers get the same frame", async () => {
    const kit = testSocket(socket);
    const rooms = await Promise.all([1, 2, 3].map(() => kit.socket().subscribeAndJoin("room:1")));
    let encoded = 0;
    const payload = {
      toJSON() {
        encoded++;
        return { a: 1 };
      },
    };
    kit.endpoint.broadcast("room:1", "open", payload);
    for (const room of rooms) await room.assertPush("open", { a: 1 });
    expect(encoded).toBe(1);
    await kit.close();
  });
});
