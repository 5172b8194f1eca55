/** The history store over a real Redis, with both client libraries. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import { PASSWORD, redisAvailability, redisEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
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
});
