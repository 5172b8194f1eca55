/** Two endpoints over one Redis, each with a client of the official library. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { Channel } from "phoenix";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { redisAdapter } from "wingbeat/pubsub/redis";
import { Broadcast } from "../../src/index.ts";
import type { Endpoint } from "../../src/index.ts";
import { answered, current, joined, nextOn } from "../integration/phoenix-clients.ts";
import { userSocket } from "../integration/room.ts";
import { serve } from "../integration/serve.ts";
import { PASSWORD, PATIENCE, redisAvailability, redisEngine, START_TIME, TEST_TIME } from "./engines.ts";
import type { TestEngine } from "./engines.ts";

const { isMissing, note } = redisAvailability;

describe.skipIf(isMissing)(`two endpoints over Redis${note}`, { timeout: TEST_TIME }, () => {
  let engine: TestEngine;
  beforeAll(async () => {
    engine = await redisEngine();
    await engine.start();
  }, START_TIME);
  afterAll(() => engine.end());

  /** An endpoint, and a channel of one client that has joined `room:1` on it. */
  async function node(namespace: string, name: string): Promise<{ endpoint: Endpoint; channel: Channel }> {
    const pubsub = redisAdapter({ connect: () => new Redis(engine.port, { password: PASSWORD }), namespace });
    const { endpoint, port } = await serve({ "/socket": userSocket() }, { pubsub });
    const channel = current.socket(`ws://127.0.0.1:${port}/socket`, { params: { name } }).channel("room:1", {});
    await joined(channel);
    return { endpoint, channel };
  }

  const twoNodes = async () => {
    const namespace = randomUUID();
    return [await node(namespace, "ada"), await node(namespace, "bob")] as const;
  };

  it("carry broadcasts of channels, with objects and with bytes", async () => {
    const [a, b] = await twoNodes();
    const object = nextOn(b.channel, "shouted");
    a.channel.push("shout", { text: "größe 🦋", list: [1, null] });
    expect(await object).toEqual({ text: "größe 🦋", list: [1, null] });
    const bytes = nextOn(b.channel, "shouted");
    a.channel.push("shout", new Uint8Array([0, 255, 128]).buffer);
    expect(new Uint8Array((await bytes) as ArrayBuffer)).toEqual(new Uint8Array([0, 255, 128]));
  });

  it("carry broadcasts of the endpoint to channels and subscribers", async () => {
    const [a, b] = await twoNodes();
    const received = new Promise((resolve) => b.endpoint.subscribe("room:1", resolve));
    const shown = nextOn(b.channel, "news");
    a.endpoint.broadcast("room:1", "news", { n: 1 });
    expect(await received).toEqual(new Broadcast("room:1", "news", { n: 1 }));
    expect(await shown).toEqual({ n: 1 });
  });

  it("close the connections of a user on both", async () => {
    const [a, b] = await twoNodes();
    const closed = new Promise((resolve) => a.channel.onError(resolve));
    b.endpoint.broadcast("user_socket:ada", "disconnect", {});
    await closed;
    expect(await answered(b.channel.push("echo", { still: "here" }))).toMatchObject({ status: "ok" });
  });

  it("serve their own clients while Redis is away, and say so", async () => {
    const [a, b] = await twoNodes();
    await engine.stop();
    await vi.waitFor(() => expect(a.endpoint.pubsub.status().state).toBe("down"), PATIENCE);
    const own = nextOn(a.channel, "shouted");
    const other = nextOn(b.channel, "shouted");
    a.channel.push("shout", { n: 1 });
    expect(await own).toEqual({ n: 1 });
    expect(a.endpoint.pubsub.status()).toMatchObject({ adapter: "redis", state: "down", queued: 1, lost: 0 });
    await engine.start();
    expect(await other).toEqual({ n: 1 });
    expect(a.endpoint.pubsub.status()).toMatchObject({ state: "up", queued: 0 });
  });
});
