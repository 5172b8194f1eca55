/** What is handed to callbacks belongs to them: nobody else sees what they do to it. */
import { describe, expect, it, onTestFinished } from "vitest";
import { Broadcast, createEndpoint, defineChannel, ok, routeChannel } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { engineAdapter } from "../../src/pubsub/remote/engine-adapter.ts";
import { Hub } from "../pubsub/hub.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

interface Payload {
  text: string;
  secret?: string;
  tags: string[];
}

const message = (): Payload => ({ text: "hi", secret: "s", tags: ["a", "b"] });

/** What every callback does to the payload that it got. */
function spoil(payload: Payload): void {
  delete payload.secret;
  payload.tags.pop();
  payload.text = "spoilt";
}

const room = defineChannel("room")
  .join((ctx) => {
    ctx.subscribe("news");
    return ok();
  })
  .handleOut("msg", (ctx, payload) => {
    ctx.push("msg", payload);
    spoil(payload as Payload);
  })
  .handleInfo((ctx, info) => {
    const payload = (info instanceof Broadcast ? info.payload : info) as Payload;
    ctx.push("info", payload);
    spoil(payload);
  })
  .handleIn("send", (ctx) => {
    const payload = message();
    ctx.broadcast("msg", payload);
    ctx.broadcast("open", payload);
    ctx.send(payload);
    spoil(payload);
  });
const socket = socketOf([room]);
const WHOLE = JSON.stringify(message());

describe("a broadcast's payload", () => {
  it("is for every receiver as it was at the call, whatever the others and the sender do to it", async () => {
    const endpoint = endpointOf(socket);
    const plain = ["one", "two"].map(() => {
      const got: string[] = [];
      endpoint.subscribe("room", ({ payload }) => {
        got.push(JSON.stringify(payload));
        spoil(payload as Payload);
      });
      return got;
    });
    const clients = [1, 2, 3].map(() => new Client(endpoint, socket));
    for (const client of clients) await client.join("room");
    const payload = message();
    endpoint.broadcast("room", "msg", payload);
    endpoint.broadcast("news", "news", payload);
    endpoint.pubsub.broadcast("news", payload);
    spoil(payload);
    await turn();
    for (const client of clients) expect(client.told()).toEqual([`msg ${WHOLE}`, `info ${WHOLE}`, `info ${WHOLE}`]);
    expect(plain).toEqual([[WHOLE], [WHOLE]]);
  });

  it("does not change when its sender goes on with it", async () => {
    const endpoint = endpointOf(socket);
    const [client, other] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    await client.join("room");
    await other.join("room");
    client.send("room", "send");
    await turn();
    expect(client.told()).toEqual([`msg ${WHOLE}`, `open ${WHOLE}`, `info ${WHOLE}`]);
    expect(other.told()).toEqual([`msg ${WHOLE}`, `open ${WHOLE}`]);
  });

  it("is the same on another node: as JSON says it, bytes as bytes", async () => {
    const got: Record<string, unknown[]> = { here: [], there: [] };
    const watcher = defineChannel("watch")
      .join(() => ok())
      .handleOut("msg", (ctx, payload) => void got[ctx.assigns["node" as never] as string]?.push(payload));
    const watching = socketOf([watcher]);
    const hub = new Hub();
    const [here, there] = ["here", "there"].map((nodeName) => {
      const pubsub = engineAdapter("hub", hub.engine(), { nodeName });
      const endpoint = createEndpoint({ sockets: { "/socket": watching }, pubsub, logger: false });
      onTestFinished(() => endpoint.close({ drain: false }));
      return endpoint;
    }) as [Endpoint, Endpoint];
    await Promise.all([here.pubsub.start(), there.pubsub.start()]);
    await new Client(here, watching, { assigns: { node: "here" } }).join("watch");
    await new Client(there, watching, { assigns: { node: "there" } }).join("watch");
    here.broadcast("watch", "msg", { at: new Date(0), none: undefined, list: [null, 1] });
    here.broadcast("watch", "msg", new Uint8Array([1, 2]));
    await expect.poll(() => got["there"]?.length).toBe(2);
    expect(got["here"]).toStrictEqual([{ at: "1970-01-01T00:00:00.000Z", list: [null, 1] }, new Uint8Array([1, 2])]);
    expect(got["there"]?.[0]).toEqual(got["here"]?.[0]);
    expect(Array.from(got["there"]?.[1] as Uint8Array)).toEqual([1, 2]);
  });
});

describe("assigns", () => {
  it("belong to a channel with all that is in them, those of connect and of the route", async () => {
    const desk = { desk: { open: true }, limits: new Map([["a", [1]]]) };
    const channel = defineChannel("room:{id}")
      .assigns<{ user?: { roles: string[] }; desk?: { open: boolean }; limits?: Map<string, number[]> }>()
      .join(() => ok())
      .handleIn("spoil", (ctx) => {
        ctx.assigns.user?.roles.push("admin");
        if (ctx.assigns.desk !== undefined) ctx.assigns.desk.open = false;
        ctx.assigns.limits?.get("a")?.push(2);
        return ok();
      })
      .handleIn("look", ({ assigns: { user, desk: found, limits } }) => ok({ user, desk: found, a: limits?.get("a") }));
    const routed = socketOf([routeChannel("room:{id}", channel, { assigns: desk })]);
    const user = { roles: ["guest"] };
    const endpoint = endpointOf(routed);
    const [client, other] = [1, 2].map(() => new Client(endpoint, routed, { assigns: { user } })) as [Client, Client];
    for (const topic of ["room:1", "room:2"]) await client.join(topic);
    await other.join("room:1");
    client.send("room:1", "spoil");
    client.send("room:1", "look");
    client.send("room:2", "look");
    other.send("room:1", "look");
    await turn();
    const untouched = 'ok {"user":{"roles":["guest"]},"desk":{"open":true},"a":[1]}';
    expect(client.told()).toEqual([
      "ok {}",
      'ok {"user":{"roles":["guest","admin"]},"desk":{"open":false},"a":[1,2]}',
      untouched,
    ]);
    expect(other.told()).toEqual([untouched]);
    await client.join("room:3");
    client.send("room:3", "look");
    await turn();
    expect(client.told()).toEqual([untouched]);
    expect([user, desk.desk, desk.limits.get("a")]).toEqual([{ roles: ["guest"] }, { open: true }, [1]]);
  });

  it("that are no plain data stay what they are", async () => {
    class Store {
      readonly open = true;
    }
    const store = new Store();
    const seen: unknown[] = [];
    const channel = defineChannel("room").join((ctx) => {
      seen.push((ctx.assigns as { store?: Store }).store);
      return ok();
    });
    const storing = socketOf([channel]);
    await new Client(endpointOf(storing), storing, { assigns: { store } }).join("room");
    expect(seen[0]).toBe(store);
  });
});
