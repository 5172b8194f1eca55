/** The history store over a real Redis, with both client libraries. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisAdapter, redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient, RedisHistoryOptions } from "wingbeat/pubsub/redis";
import { attach } from "../../src/telemetry/attach.ts";
import { PASSWORD, redisAvailability, redisEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { RULE, StoreNode } from "./store-node.ts";
import { storeSuite } from "./store-suite.ts";

const { isMissing, note } = redisAvailability;

const libraries: Record<string, (port: number) => RedisClient> = {
  ioredis: (port) => new Redis({ port, password: PASSWORD }),
  "node-redis": (port) => createClient({ password: PASSWORD, socket: { host: "127.0.0.1", port } }),
};

describe.skipIf(isMissing)(`history in Redis${note}`, () => {
  let engine: TestEngine;
  let admin: Redis;
  let namespace = "";
  beforeAll(async () => {
    engine = await redisEngine();
    await engine.start();
    admin = new Redis({ port: engine.port, password: PASSWORD });
  }, START_TIME);
  afterAll(async () => {
    admin.disconnect();
    await engine.end();
  });

  const metaOf = (topic: string): string => `${namespace}:h:{0}:m:${topic}`;
  const listOf = (topic: string): string => `${namespace}:h:{0}:l:${topic}`;

  for (const [library, client] of Object.entries(libraries)) {
    for (const options of [{}, { shards: 4 }, { secret: "a secret of more than 20 bytes" }]) {
      storeSuite({
        name: `${library} ${JSON.stringify(options)}`,
        severalNodes: true,
        stores(count) {
          namespace = randomUUID();
          const connect = (): RedisClient => client(engine.port);
          return Array.from({ length: count }, () => redisHistory({ connect, namespace, ...options }));
        },
        ...("shards" in options
          ? {}
          : {
              shout: (bytes) => admin.publish(`${namespace}:h:{0}`, Buffer.from(bytes)),
              vandalism: {
                "the hash is gone": (topic) => admin.del(metaOf(topic)),
                "the list is gone": (topic) => admin.del(listOf(topic)),
                "the hash is a text": (topic) => admin.set(metaOf(topic), "x"),
                "the list is a text": (topic) => admin.set(listOf(topic), "x"),
                "both are texts": (topic) => admin.mset({ [metaOf(topic)]: "x", [listOf(topic)]: "x" }),
                "something is added to the list": (topic) => admin.rpush(listOf(topic), "x"),
                "something is put before the list": (topic) => admin.lpush(listOf(topic), "x", "a".repeat(50)),
                "the newest is removed from the list": (topic) => admin.rpop(listOf(topic)),
                "the oldest is removed from the list": (topic) => admin.lpop(listOf(topic)),
                "an entry is replaced": (topic) => admin.lset(listOf(topic), 2, "x".repeat(100)),
                "an entry is copied over another one": async (topic) =>
                  admin.lset(listOf(topic), 3, (await admin.lindexBuffer(listOf(topic), 1))!),
                "an entry is cut off": async (topic) =>
                  admin.lset(listOf(topic), 3, (await admin.lindexBuffer(listOf(topic), 3))!.subarray(0, 20)),
                "the newest offset is no number": (topic) => admin.hset(metaOf(topic), "n", "many"),
                "the newest offset is negative": (topic) => admin.hset(metaOf(topic), "n", "-1"),
                "the newest offset is infinite": (topic) => admin.hset(metaOf(topic), "n", "inf"),
                "the newest offset is higher": (topic) => admin.hset(metaOf(topic), "n", "1000"),
                "the newest offset is the highest": (topic) => admin.hset(metaOf(topic), "n", "999999999999999"),
                "the newest offset is missing": (topic) => admin.hdel(metaOf(topic), "n"),
                "the lineage has a dot": (topic) => admin.hset(metaOf(topic), "l", "a.b"),
                "the lineage is missing": (topic) => admin.hdel(metaOf(topic), "l"),
                "the generations are none": (topic) => admin.hset(metaOf(topic), "g", "::: a:b"),
                "the generations are many": (topic) => admin.hset(metaOf(topic), "g", "ab:1 ".repeat(100) + "ab:1"),
                "the bytes are wrong": (topic) => admin.hset(metaOf(topic), "b", "999999999999"),
                "all fields are gone but an id": (topic) =>
                  admin.multi().del(metaOf(topic)).hset(metaOf(topic), "i:x", "7:99999999999999").exec(),
                "the queue of ids is broken": (topic) => admin.hset(metaOf(topic), "z", "x", "a", "x"),
              },
            }),
      });
    }
  }

  const nodeOf = async (options: Partial<RedisHistoryOptions>): Promise<StoreNode> => {
    const connect = (): RedisClient => libraries["ioredis"]!(engine.port);
    const node = new StoreNode(redisHistory({ connect, namespace, ...options }));
    await node.store.start(node);
    return node;
  };

  it("a secret: entries of others are neither heard nor read, and reported", async () => {
    namespace = randomUUID();
    const signed = await nodeOf({ secret: "a secret of more than 20 bytes" });
    const unsigned = await nodeOf({});
    const unreadable: unknown[] = [];
    const detach = attach("pubsub.unreadable", ({ error }) => unreadable.push(error));
    await signed.publish("room:1", "1");
    await unsigned.publish("room:1", "forged");
    await signed.publish("room:1", "3");
    const heard = await signed.untilHeard("room:1", 2);
    detach();
    expect(heard.map(({ body }) => body)).toEqual(["1", "3"]);
    // Each refuses what the other one has sent.
    expect(unreadable.map((error) => (error as Error).message)).toContain("entry is not signed");
    // What follows the forged one can be read; what is before it cannot be told to be complete.
    expect(await signed.read("room:1", 0)).toMatchObject({ oldest: 3, head: { top: 3 }, entries: [{ body: "3" }] });
    await Promise.all([signed.store.stop(), unsigned.store.stop()]);
  });

  it("forgets the oldest of very many ids, and only them", async () => {
    namespace = randomUUID();
    const node = await nodeOf({});
    const topic = "room:1";
    const rule = { ...RULE, size: 1 };
    for (let first = 0; first <= 10_000; first += 500) {
      const ids = Array.from({ length: 500 }, (_, index) => `id ${first + index}`);
      await node.append(node.batch(topic, ids, { rule }, ids));
    }
    const offsetOf = async (id: string): Promise<number | undefined> =>
      (await node.append(node.batch(topic, [id], { rule }, [id]))).offsets[0];
    expect(await offsetOf("id 10499")).toBe(10_500);
    expect(await offsetOf("id 501")).toBe(502);
    expect(await offsetOf("id 0")).toBe(10_501);
    const { length } = await admin.hkeys(metaOf(topic));
    expect(length).toBeLessThan(2 * 10_000 + 20);
    await node.store.stop();
  });

  it("keeps the hash of a quiet topic when somebody asks about it, and forgets the others", async () => {
    namespace = randomUUID();
    const node = await nodeOf({});
    await node.publish("asked", "1");
    await node.publish("forgotten", "1");
    const day = 86_400_000;
    expect(await admin.pttl(metaOf("asked"))).toBeGreaterThan(day - 60_000);
    for (const topic of ["asked", "forgotten"]) await admin.pexpire(metaOf(topic), day / 4);
    await node.head("asked");
    expect(await admin.pttl(metaOf("asked"))).toBeGreaterThan(day - 60_000);
    expect(await admin.pttl(metaOf("forgotten"))).toBeLessThanOrEqual(day / 4);
    expect(await admin.pttl(listOf("asked"))).toBeLessThanOrEqual(RULE.ttl);
    await node.store.stop();
  });

  it("is the history of the adapter, with the same namespace, shards and secret", async () => {
    namespace = randomUUID();
    const connect = (): RedisClient => libraries["ioredis"]!(engine.port);
    const adapter = redisAdapter({ connect, namespace, shards: 3, secret: "a secret of more than 20 bytes" });
    expect(adapter.history()).toBe(adapter.history());
    const [a, b] = [
      new StoreNode(adapter.history()),
      await nodeOf({ shards: 3, secret: "a secret of more than 20 bytes" }),
    ];
    await a.store.start(a);
    await a.publish("room:1", "1");
    expect((await b!.untilHeard("room:1", 1))[0]).toMatchObject({ body: "1" });
    await Promise.all([a.store.stop(), b!.store.stop()]);
  });

  it("refuses options that are wrong", () => {
    const connect = (): RedisClient => libraries["ioredis"]!(1);
    expect(() => redisHistory({} as never)).toThrow("redisHistory.connect must be a function");
    expect(() => redisHistory({ connect, shards: 0 })).toThrow("redisHistory.shards is 0");
    expect(() => redisHistory({ connect, namespace: "a b" })).toThrow('redisHistory.namespace is "a b"');
    expect(() => redisHistory({ connect, secret: "short" })).toThrow("redisHistory.secret must be");
    expect(() => redisHistory({ connect, url: "redis://" } as never)).toThrow('redisHistory has no option "url"');
  });
});
