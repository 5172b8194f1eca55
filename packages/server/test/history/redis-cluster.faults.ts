/** The history store over a real Redis Cluster, of which slots are moved meanwhile. */
import { randomUUID } from "node:crypto";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { redisHistory } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import { PATIENCE, redisAvailability, START_TIME, TEST_TIME } from "../pubsub/engines.ts";
import { startRedisCluster } from "../pubsub/redis-cluster.ts";
import type { RedisCluster } from "../pubsub/redis-cluster.ts";
import { RULE, StoreNode } from "./store-node.ts";
import { storeSuite } from "./store-suite.ts";

const { isMissing, note } = redisAvailability;

const libraries: Record<string, (ports: readonly number[]) => RedisClient> = {
  ioredis: (ports) =>
    new Cluster(
      ports.map((port) => ({ host: "127.0.0.1", port })),
      { shardedSubscribers: true },
    ),
  "node-redis": (ports) => createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
};

/** Moves the slot of a shard to another server: `halfway` runs while some of its keys are there already. */
async function move(ports: readonly number[], shard: number, halfway: () => Promise<void>): Promise<void> {
  const any = new Redis(ports[0]!);
  const slot = Number(await any.call("CLUSTER", "KEYSLOT", `{${shard}}`));
  any.disconnect();
  const servers = await Promise.all(
    ports.map(async (port) => {
      const client = new Redis(port);
      return { port, client, id: String(await client.call("CLUSTER", "MYID")), keys: await countOf(client, slot) };
    }),
  );
  const [from, to] = servers.toSorted((a, b) => b.keys - a.keys);
  await to!.client.call("CLUSTER", "SETSLOT", slot, "IMPORTING", from!.id);
  await from!.client.call("CLUSTER", "SETSLOT", slot, "MIGRATING", to!.id);
  for (let isHalfway = false; ;) {
    const keys = (await from!.client.call("CLUSTER", "GETKEYSINSLOT", slot, 3)) as string[];
    if (keys.length === 0) break;
    await from!.client.call("MIGRATE", "127.0.0.1", to!.port, "", 0, 5_000, "KEYS", ...keys);
    if (!isHalfway) await halfway();
    isHalfway = true;
  }
  for (const { client } of [to!, from!, ...servers]) await client.call("CLUSTER", "SETSLOT", slot, "NODE", to!.id);
  for (const { client } of servers) client.disconnect();
}

const countOf = async (client: Redis, slot: number): Promise<number> =>
  Number(await client.call("CLUSTER", "COUNTKEYSINSLOT", slot));

describe.skipIf(isMissing)(`history in Redis Cluster${note}`, () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, START_TIME);
  afterAll(() => cluster.end());

  for (const [library, client] of Object.entries(libraries)) {
    const storesOf = (count: number) => {
      const namespace = randomUUID();
      const connect = (): RedisClient => client(cluster.ports);
      return Array.from({ length: count }, () => redisHistory({ connect, namespace, shards: 5 }));
    };
    storeSuite({ name: `${library}, cluster`, severalNodes: true, stores: storesOf });

    it(
      `R13: ${library}: slots are moved, and nothing is lost, doubled or out of order`,
      { timeout: TEST_TIME },
      async () => {
        const nodes = storesOf(2).map((store) => new StoreNode(store));
        for (const node of nodes) await node.store.start(node);
        const alarms = nodes.map((node) => node.alarms);
        const topics = Array.from({ length: 20 }, (_, index) => `room:${index}`);
        const fleeting = "fleeting";
        const rule = { ...RULE, size: 100_000 };
        let isOver = false;
        let answers = 0;
        const publish = async (node: StoreNode, topic: string, ttl = RULE.ttl): Promise<number> => {
          let number = 0;
          while (!isOver) {
            await node.surely(node.batch(topic, [`${node.producer} ${number++}`], { rule: { ...rule, ttl } }));
            answers++;
            await new Promise((resolve) => setTimeout(resolve, 2));
          }
          return number;
        };
        const publishing = nodes.map((node) => Promise.all(topics.map((topic) => publish(node, topic))));
        const passing = publish(nodes[0]!, fleeting, 1);
        const untilMore = async (more: number): Promise<void> => {
          const before = answers;
          await vi.waitUntil(() => answers >= before + more, { timeout: PATIENCE });
        };
        await untilMore(100);
        for (const shard of [0, 1, 2, 3, 4, 0, 1]) {
          await move(cluster.ports, shard, () => untilMore(40));
          await untilMore(40);
        }
        isOver = true;
        const counts = await Promise.all(publishing);
        await passing;

        for (const [place, topic] of topics.entries()) {
          const { entries, oldest, head } = await nodes[0]!.read(topic, 0, 100_000, rule);
          expect({ oldest, count: entries.length }).toEqual({ oldest: 1, count: head.top });
          for (const [index, { producer }] of nodes.entries()) {
            const own = entries.filter((entry) => entry.producer === producer).map(({ body }) => body);
            expect(own).toEqual(Array.from({ length: counts[index]![place]! }, (_, number) => `${producer} ${number}`));
          }
          for (const [index, node] of nodes.entries()) {
            const heard = node.heardOf(topic).map(({ offset }) => offset);
            expect(heard).toEqual([...new Set(heard)].toSorted((a, b) => a - b));
            // Who missed something was told so.
            if (heard.length < head.top) await vi.waitUntil(() => node.alarms > alarms[index]!, { timeout: PATIENCE });
          }
        }
        // And all that is sent afterwards is heard, when both have subscribed where the slots are now.
        for (const topic of topics) {
          await vi.waitUntil(
            async () => {
              const { offsets } = await nodes[0]!.surely(nodes[0]!.batch(topic, ["last"], { rule }));
              await new Promise((resolve) => setTimeout(resolve, 50));
              return nodes.every((node) => node.heardOf(topic).at(-1)?.offset === offsets[0]);
            },
            { timeout: PATIENCE, interval: 200 },
          );
        }
        for (const node of nodes) await node.store.stop();
      },
    );
  }
});
