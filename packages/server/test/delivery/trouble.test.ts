/** One receiver's trouble, and a sender's mistakes: who notices them, and who must not. */
import { describe, expect, it } from "vitest";
import { Broadcast, defineChannel, ok } from "../../src/index.ts";
import { observe } from "../integration/telemetry.ts";
import { Client, endpointOf, socketOf, turn } from "./client.ts";

const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`);
const cycle: Record<string, unknown> = {};
cycle["itself"] = cycle;

const BAD: readonly (readonly [string, unknown])[] = [
  ["an array", []],
  ["null", null],
  ["a text", "text"],
  ["a number", 7],
  ["nested too deep", nested(1_001)],
  ["nested much too deep", nested(8_000)],
  ["many levels, many brackets", { list: Array.from({ length: 600 }, () => [{}]), deep: nested(1_200) }],
  ["a cycle", cycle],
  ["a bigint", { n: 1n }],
];

const relay = defineChannel("room")
  .join((ctx) => {
    ctx.subscribe("others");
    return ok();
  })
  .handleIn("open", (ctx, payload) => {
    ctx.broadcast("open", payload as object);
    return ok();
  })
  .handleIn("secret", (ctx, payload) => {
    ctx.broadcast("secret", payload as object);
    return ok();
  })
  .handleIn("bad", (ctx, payload) => {
    const { event, row } = payload as { event: string; row: number };
    ctx.broadcast(event, BAD[row]?.[1] as object);
    return ok();
  })
  .handleOut("secret", (ctx, payload) => ctx.push("secret", payload))
  .handleInfo((ctx, message) => {
    if (message instanceof Broadcast) ctx.push("info", message.payload as object);
  });
const socket = socketOf([relay]);

describe("one receiver's trouble", () => {
  it("of a V1 client with bytes: it is left out, all others get them, and so does the sender", async () => {
    const failed = observe("pubsub.delivery_failed");
    const endpoint = endpointOf(socket);
    const old = [1, 2].map(() => new Client(endpoint, socket, { vsn: 1 })) as [Client, Client];
    const [first, last] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    for (const client of [first, ...old, last]) await client.join("room");
    endpoint.broadcast("room", "bytes", new Uint8Array([1, 2]));
    for (const client of [first, last]) expect(client.told()).toEqual(["bytes bytes 1,2"]);
    expect(await failed.next()).toMatchObject({
      topic: "room",
      event: "bytes",
      subscribers: 2,
      error: { name: "EncodeError" },
    });
    endpoint.broadcast("room", "open", { n: 1 });
    for (const client of [first, ...old, last]) expect(client.told()).toEqual(['open {"n":1}']);
    expect(failed.rest).toEqual([]);
  });

  it("of a connection that throws, or a plain subscriber that does, sync or async", async () => {
    const failed = observe("pubsub.delivery_failed");
    const endpoint = endpointOf(socket);
    const boom = new Error("told to");
    endpoint.subscribe("room", () => {
      throw boom;
    });
    endpoint.subscribe("room", (() => Promise.reject(boom)) as () => void);
    endpoint.pubsub.subscribe({
      topic: "room",
      owner: {},
      receive: () => {
        throw boom;
      },
    });
    const [broken, healthy] = [new Client(endpoint, socket), new Client(endpoint, socket)];
    await broken.join("room");
    await healthy.join("room");
    broken.connection.trouble = boom;
    endpoint.broadcast("room", "open", {});
    endpoint.pubsub.broadcast("room", "plain");
    await turn();
    expect(healthy.told()).toEqual(["open {}"]);
    expect((await failed.take(6)).every(({ error }) => error === boom)).toBe(true);
  });
});

it("a connection that throws while its channel ends harms nobody", async () => {
  const endpoint = endpointOf(socket);
  const [broken, healthy] = [new Client(endpoint, socket), new Client(endpoint, socket)];
  await broken.join("room");
  await healthy.join("room");
  broken.connection.trouble = new Error("told to");
  broken.send("room", "open", []);
  broken.send("room", "phx_leave");
  await turn();
  endpoint.broadcast("room", "open", {});
  expect(healthy.told()).toEqual(["open {}"]);
  expect(endpoint.pubsub.size.subscriptions).toBe(2);
});

describe("a payload that cannot be pushed", () => {
  it.each(BAD)("%s: throws at the endpoint's broadcast, and reaches nobody", async (_what, payload) => {
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    for (const topic of ["room", "others", "nobody"]) {
      for (const event of ["open", "secret"]) {
        expect(() => endpoint.broadcast(topic, event, payload as object)).toThrow(
          expect.objectContaining({ name: "EncodeError" }),
        );
        expect(() => endpoint.localBroadcast(topic, event, payload as object)).toThrow("payload of");
      }
    }
    await turn();
    expect(client.told()).toEqual([]);
  });

  it.each(BAD.map(([what], row) => [what, row] as const))(
    "%s: broadcast by a channel, crashes the sender's channel and no other",
    async (_what, row) => {
      const crashed = observe("channel.crashed");
      const endpoint = endpointOf(socket);
      const [sender, other] = [new Client(endpoint, socket), new Client(endpoint, socket)];
      await other.join("room");
      for (const event of ["open", "secret"]) {
        await sender.join("room");
        sender.send("room", "bad", { event, row });
        await turn();
        expect(sender.told()).toEqual(['phx_error {"reason":"channel_crash"}']);
        expect((await crashed.next()).error).toMatchObject({ name: "EncodeError" });
      }
      endpoint.broadcast("room", "secret", { n: 1 });
      await turn();
      expect(other.told()).toEqual(['secret {"n":1}']);
    },
  );

  it("from another node, or past the endpoint, reaches nobody and crashes nobody", async () => {
    const failed = observe("pubsub.delivery_failed");
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    for (const payload of [[], null, nested(5_000)]) {
      expect(() => endpoint.pubsub.broadcast("room", { topic: "room", event: "secret", payload }, "fastlane")).toThrow(
        "payload of",
      );
      endpoint.pubsub.broadcast("room", new Broadcast("room", "secret", payload));
    }
    await turn();
    expect(client.told()).toEqual([]);
    expect(failed.rest).toHaveLength(3);
  });

  it("is none with 1,000 levels: whoever gets it can push it on", async () => {
    const endpoint = endpointOf(socket);
    const client = new Client(endpoint, socket);
    await client.join("room");
    endpoint.broadcast("room", "secret", nested(1_000) as object);
    endpoint.broadcast("others", "news", nested(1_000) as object);
    await turn();
    expect(client.received().map(({ event }) => event)).toEqual(["secret", "info"]);
  });
});

describe("a client of V1, which cannot be sent bytes", () => {
  const bytes = Uint8Array.of(1, 2, 3);

  it("lives on when its handler hands on what others have sent; the others get it", async () => {
    const failed = observe("pubsub.delivery_failed");
    const crashed = observe("channel.crashed");
    const room = defineChannel("room")
      .join((ctx) => {
        ctx.subscribe("elsewhere");
        return ok();
      })
      .handleOut("event", (ctx, payload) => ctx.push("event", payload as object))
      .handleInfo((ctx, message) => ctx.push("told", (message as { payload: object }).payload));
    const socket = socketOf([room]);
    const endpoint = endpointOf(socket);
    const [old, modern] = [new Client(endpoint, socket, { vsn: 1 }), new Client(endpoint, socket)];
    await old.join("room");
    await modern.join("room");
    endpoint.broadcast("room", "event", bytes);
    endpoint.broadcast("elsewhere", "event", bytes);
    await turn();
    expect(modern.received().map(({ event }) => event)).toEqual(["event", "told"]);
    expect(old.received()).toEqual([]);
    expect(await failed.next()).toMatchObject({ topic: "room", event: "event", subscribers: 1 });
    expect(await failed.next()).toMatchObject({ topic: "room", event: "told", subscribers: 1 });
    expect(crashed.rest).toEqual([]);
    endpoint.broadcast("room", "event", { n: 1 });
    await turn();
    expect(old.received()).toMatchObject([{ event: "event", payload: { n: 1 } }]);
  });
});
