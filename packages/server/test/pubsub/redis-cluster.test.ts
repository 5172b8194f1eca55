/** Sharded channels over a real Redis Cluster: three servers, a third of the slots each. */
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisAdapter } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import { PubSub } from "../../src/pubsub.ts";
import { redisAvailability, START_TIME, TEST_TIME } from "./engines.ts";
import { startRedisCluster } from "./redis-cluster.ts";
import type { RedisCluster } from "./redis-cluster.ts";

const { isMissing, note } = redisAvailability;

const libraries: Record<string, (ports: readonly number[]) => RedisClient> = {
  ioredis: (ports) =>
    new Cluster(
      ports.map((port) => ({ host: "127.0.0.1", port })),
      { shardedSubscribers: true },
    ),
  "node-redis": (ports) => createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
};

describe.skipIf(isMissing)(`Redis Cluster${note}`, () => {
  let cluster: RedisCluster;
  let ports: readonly number[];

  beforeAll(async () => {
    cluster = await startRedisCluster();
    ({ ports } = cluster);
  }, START_TIME);
  afterAll(() => cluster.end());

  for (const [library, client] of Object.entries(libraries)) {
    it(`${library}: topics are spread over the shards, in order each`, { timeout: TEST_TIME }, async () => {
      // The names decide which shard has which channel: the same in every run.
      const namespace = `cluster-${library}`;
      const make = () => new PubSub({ adapter: redisAdapter({ connect: () => client(ports), namespace, shards: 12 }) });
      const [a, b] = [make(), make()];
      await Promise.all([a.start(), b.start()]);
      expect([a.status(), b.status()]).toMatchObject([{ state: "up" }, { state: "up" }]);

      const topics = Array.from({ length: 50 }, (_, index) => `room:${index}`);
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const received = new Map<string, unknown[]>(topics.map((topic) => [topic, []]));
      const isComplete = new Promise<void>((resolve) => {
        let left = topics.length * numbers.length + 1;
        const arrived = (): void => void (--left === 0 && resolve());
        b.subscribe({ topic: "direct", owner: undefined, receive: arrived });
        for (const topic of topics) {
          const receive = (message: unknown): void => {
            received.get(topic)?.push(message);
            arrived();
          };
          b.subscribe({ topic, owner: undefined, receive });
        }
      });
      for (const number of numbers) for (const topic of topics) a.broadcast(topic, number);
      a.directBroadcast(b.nodeName, "direct", "hello");
      await isComplete;
      for (const messages of received.values()) expect(messages).toEqual(numbers);
      expect(b.status().missed).toBe(0);

      const channels: unknown[][] = [];
      for (const port of ports) {
        const server = new Redis(port, "127.0.0.1");
        channels.push((await server.call("PUBSUB", "SHARDCHANNELS", `${namespace}:*`)) as unknown[]);
        server.disconnect();
      }
      // 12 for broadcasts and one of each node; none of the servers has them all.
      expect(channels.flat()).toHaveLength(14);
      for (const ofServer of channels) expect(ofServer.length).toBeGreaterThan(0);
      await Promise.all([a.stop(), b.stop()]);
    });
  }
});
