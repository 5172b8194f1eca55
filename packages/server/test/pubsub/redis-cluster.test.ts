/** Sharded channels over a real Redis Cluster: three servers, a third of the slots each. */
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { redisAdapter } from "wingbeat/pubsub/redis";
import type { RedisClient } from "wingbeat/pubsub/redis";
import { freePort } from "../../../../tools/test/free-port.ts";
import { PubSub } from "../../src/pubsub.ts";
import { redisAvailability, redisEngine, START_TIME, TEST_TIME } from "./engines.ts";
import type { TestEngine } from "./engines.ts";

const { isMissing, note } = redisAvailability;
const SLOTS = 16_384;

const libraries: Record<string, (ports: readonly number[]) => RedisClient> = {
  ioredis: (ports) =>
    new Cluster(
      ports.map((port) => ({ host: "127.0.0.1", port })),
      { shardedSubscribers: true },
    ),
  "node-redis": (ports) => createCluster({ rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
};

/** The port on which the servers of a cluster talk: by default 10,000 higher, which may be none. */
interface Server {
  readonly port: number;
  readonly bus: number;
}

/** Makes a cluster of three servers; resolves when all of them say that it works. */
async function form(servers: readonly Server[]): Promise<void> {
  const clients = servers.map(({ port }) => new Redis(port, "127.0.0.1"));
  const { port, bus } = servers[0] as Server;
  const third = Math.ceil(SLOTS / 3);
  for (const [index, client] of clients.entries()) {
    const last = Math.min((index + 1) * third, SLOTS) - 1;
    await client.cluster("ADDSLOTSRANGE", index * third, last);
    await client.cluster("SET-CONFIG-EPOCH", index + 1);
    if (index > 0) await client.call("CLUSTER", "MEET", "127.0.0.1", port, bus);
  }
  for (const client of clients) {
    while (!(await client.cluster("INFO")).includes("cluster_state:ok")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    while (!(await client.cluster("INFO")).includes("cluster_known_nodes:3")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    client.disconnect();
  }
}

describe.skipIf(isMissing)(`Redis Cluster${note}`, () => {
  let engines: TestEngine[];
  let ports: number[];

  beforeAll(async () => {
    const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
    engines = await Promise.all(
      busPorts.map((bus) => redisEngine(["--cluster-enabled", "yes", "--cluster-port", String(bus)])),
    );
    await Promise.all(engines.map((engine) => engine.start()));
    ports = engines.map(({ port }) => port);
    await form(engines.map(({ port }, index) => ({ port, bus: busPorts[index] as number })));
  }, START_TIME);
  afterAll(() => Promise.all(engines.map((engine) => engine.end())));

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
