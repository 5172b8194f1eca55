/** NATS carries, Redis keeps. */
import { natsEngine } from "../../pubsub/engines.ts";
import type { TestEngine } from "../../pubsub/engines.ts";
import { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import type { Bed } from "../campaign/bed.ts";
import { networkInjections, nodeInjections } from "./nodes.ts";
import { redisInjections, RedisPair } from "./redis.ts";

export function natsBed(): Bed {
  const redis = new RedisPair();
  let nats: TestEngine | undefined;
  const toNats = [1, 2, 3].map(() => new StallingProxy(() => nats?.port ?? 0));
  const toRedis = toNats.map(() => new StallingProxy(() => redis.port));
  const reset = (): void => toRedis.forEach(({ links }) => links.forEach((link) => link.reset()));
  return {
    name: "nats",
    nodes: toNats.length,
    async start() {
      nats = await natsEngine();
      await Promise.all([nats.start(), redis.start()]);
      for (const proxy of [...toNats, ...toRedis]) await proxy.start();
    },
    settings: (node) => ({
      name: "nats",
      port: (toNats[node] as StallingProxy).port,
      redisPort: (toRedis[node] as StallingProxy).port,
    }),
    injections: [
      ...nodeInjections,
      ...networkInjections(toNats, "NATS"),
      ...networkInjections(toRedis, "Redis"),
      ...redisInjections(redis, reset),
      {
        what: "NATS: kill -9, and started again",
        outage: true,
        async run() {
          await nats?.kill();
          await nats?.start();
        },
      },
    ],
    async end() {
      for (const proxy of [...toNats, ...toRedis]) await proxy.stop();
      await Promise.all([nats?.end(), redis.end()]);
    },
  };
}
