/** Numbered pushes in a real Redis, plain, with shards, signed, and in Redis Cluster; with both client libraries. */
import { randomUUID } from "node:crypto";
import { Cluster, Redis } from "ioredis";
import { createClient, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient, RedisHistoryOptions } from "wingbeat/pubsub/redis";
import { PASSWORD, redisAvailability, redisEngine, START_TIME } from "../pubsub/engines.ts";
import type { TestEngine } from "../pubsub/engines.ts";
import { startRedisCluster } from "../pubsub/redis-cluster.ts";
import type { RedisCluster } from "../pubsub/redis-cluster.ts";
import { pushStoreSuite } from "./store-suite.ts";
import { newRecord, TestLine } from "./test-line.ts";

const { isMissing, note } = redisAvailability;
const SECRET = "a secret of more than 20 bytes";

/** Brings the end of all records of a namespace nearer. */
async function pass(admins: readonly Redis[], namespace: string, ms: number): Promise<void> {
  for (const admin of admins) {
    for (const key of await admin.keys(`${namespace}:h:p:*`)) await admin.pexpire(key, (await admin.pttl(key)) - ms);
  }
}

describe.skipIf(isMissing)(`pushes in Redis${note}`, () => {
  let engine: TestEngine;
  let admin: Redis;
  let namespace = "";
  beforeAll(async () => {
    engine = await redisEngine(["--requirepass", PASSWORD, "--enable-debug-command", "yes"]);
    await engine.start();
    admin = new Redis({ port: engine.port, password: PASSWORD });
  }, START_TIME);
  afterAll(async () => {
    admin.disconnect();
    await engine.end();
  });

  const libraries: Record<string, () => RedisClient> = {
    ioredis: () => new Redis({ port: engine.port, password: PASSWORD }),
    "node-redis": () => createClient({ password: PASSWORD, socket: { host: "127.0.0.1", port: engine.port } }),
  };
  const storesOf = (count: number, connect: () => RedisClient, options: Partial<RedisHistoryOptions>) => {
    namespace = randomUUID();
    return Array.from({ length: count }, () => redisHistory({ connect, namespace, ...options }));
  };
  const keyOf = (record: string): string => `${namespace}:h:p:${record}`;
  const set = (field: string, value: string) => (record: string) => admin.hset(keyOf(record), field, value);
  const remove = (field: string) => (record: string) => admin.hdel(keyOf(record), field);

  for (const [library, connect] of Object.entries(libraries)) {
    for (const options of [{}, { shards: 4, secret: SECRET }]) {
      pushStoreSuite({
        name: `${library} ${JSON.stringify(options)}`,
        severalNodes: true,
        stores: (count) => storesOf(count, connect, options),
        pass: (ms) => pass([admin], namespace, ms),
        replace: () => admin.call("DEBUG", "CHANGE-REPL-ID"),
        ...("secret" in options
          ? {}
          : {
              vandalism: {
                "it is gone": (record) => admin.del(keyOf(record)),
                "it is a text": (record) => admin.set(keyOf(record), "x"),
                "it is a list": (record) => admin.multi().del(keyOf(record)).rpush(keyOf(record), "x").exec(),
                "it has other fields": (record) =>
                  admin.multi().del(keyOf(record)).hset(keyOf(record), "x", "y").exec(),
                "it never expires": (record) => admin.persist(keyOf(record)),
                "the epochs are gone": remove("g"),
                "the epochs are none": set("g", "::: a:b"),
                "the epochs are many": set("g", "ab:x ".repeat(10_000) + "ab:x"),
                "the last number is gone": remove("l"),
                "the last number is none": set("l", "many"),
                "the last number is negative": set("l", "-1"),
                "the last number is infinite": set("l", "inf"),
                "the last number is too long": set("l", "1".repeat(30)),
                "the last number is higher": set("l", "1000"),
                "a reply is gone": remove("r:1"),
                "a reply is no reply": set("r:1", "x"),
                "a reply is longer than it can be": set("r:2", "999999:x"),
                "a number is held and settled": set("h:1", "1 a"),
                "who holds a number is gone": remove("h:3"),
                "who holds a number is nobody": set("h:3", "x"),
                "numbers are there that were never claimed": set("h:4", "1 x"),
                "numbers are there that are none": set("r:x", "1:xy"),
              },
            }),
      });
    }
  }

  it("a record is kept for its window, and takes little", async () => {
    const [history] = storesOf(1, libraries["ioredis"]!, {});
    await history!.start({ entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} });
    const line = new TestLine(history!.pushes!);
    await line.open();
    expect(await admin.pttl(keyOf(line.record))).toBeGreaterThan(590_000);
    await line.handle(1);
    expect(Number(await admin.memory("USAGE", keyOf(line.record)))).toBeLessThan(400);
    for (let n = 2; n <= 200; n++) await line.handle(n);
    expect(await admin.hlen(keyOf(line.record))).toBeLessThanOrEqual(34);
    await line.claim(201, "a", { acked: 200 });
    expect(await admin.hlen(keyOf(line.record))).toBe(3);
    await history!.stop();
  });

  it("a secret: replies of others are not given", async () => {
    const [signed, unsigned] = [
      redisHistory({ connect: libraries["ioredis"]!, namespace: (namespace = randomUUID()), secret: SECRET }),
      redisHistory({ connect: libraries["ioredis"]!, namespace }),
    ];
    for (const history of [signed, unsigned]) {
      await history.start({ entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} });
    }
    const own = new TestLine(signed.pushes!);
    await own.open();
    const forger = new TestLine(unsigned.pushes!, own.record, own.epoch);
    await own.handle(1);
    await forger.handle(2);
    expect(await own.askAll(1, 2)).toEqual(["reply 1", "gone"]);
    // What was signed for one number or line is nothing at another one.
    const other = new TestLine(signed.pushes!, newRecord());
    await other.open();
    await other.handle(1);
    await admin.hset(keyOf(own.record), "r:2", (await admin.hget(keyOf(own.record), "r:1"))!);
    await admin.hset(keyOf(own.record), "r:1", (await admin.hget(keyOf(other.record), "r:1"))!);
    expect(await own.askAll(1, 2)).toEqual(["gone", "gone"]);
    for (const history of [signed, unsigned]) await history.stop();
  });
});

describe.skipIf(isMissing)(`pushes in Redis Cluster${note}`, () => {
  let cluster: RedisCluster;
  let admins: Redis[] = [];
  let namespace = "";
  beforeAll(async () => {
    cluster = await startRedisCluster(["--enable-debug-command", "yes"]);
    admins = cluster.ports.map((port) => new Redis(port));
  }, START_TIME);
  afterAll(async () => {
    for (const admin of admins) admin.disconnect();
    await cluster.end();
  });

  const libraries: Record<string, (ports: readonly number[]) => RedisClient> = {
    ioredis: (ports) =>
      new Cluster(
        ports.map((port) => ({ host: "127.0.0.1", port })),
        { shardedSubscribers: true },
      ),
    "node-redis": (ports) => createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
  };
  for (const [library, client] of Object.entries(libraries)) {
    for (const options of [{}, { shards: 5 }]) {
      pushStoreSuite({
        name: `${library}, cluster ${JSON.stringify(options)}`,
        severalNodes: true,
        stores(count) {
          namespace = randomUUID();
          const connect = (): RedisClient => client(cluster.ports);
          return Array.from({ length: count }, () => redisHistory({ connect, namespace, ...options }));
        },
        pass: (ms) => pass(admins, namespace, ms),
        replace: () => Promise.all(admins.map((admin) => admin.call("DEBUG", "CHANGE-REPL-ID"))),
      });
    }
  }

  it("records are spread over all servers", async () => {
    namespace = randomUUID();
    const history = redisHistory({ connect: () => libraries["ioredis"]!(cluster.ports), namespace });
    await history.start({ entry() {}, maybeMissed() {}, moved() {}, up() {}, down() {} });
    for (let count = 0; count < 100; count++) await new TestLine(history.pushes!).open();
    const counts = await Promise.all(admins.map(async (admin) => (await admin.keys(`${namespace}:h:p:*`)).length));
    expect(counts.reduce((sum, count) => sum + count)).toBe(100);
    for (const count of counts) expect(count).toBeGreaterThan(10);
    await history.stop();
  });
});
