import { connect } from "@nats-io/transport-node";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";
import type { PubSubAdapter } from "wingbeat";
import { clusterAdapter } from "wingbeat/pubsub/cluster";
import { natsAdapter } from "wingbeat/pubsub/nats";
import { postgresAdapter } from "wingbeat/pubsub/postgres";
import { redisAdapter } from "wingbeat/pubsub/redis";

export type Engine = "redis" | "nats" | "postgres";

/** The adapters, by title: which engine each needs, and how it is made. */
export const adapters: Readonly<Record<string, { engine?: Engine; make(url: string): PubSubAdapter }>> = {
  cluster: { make: () => clusterAdapter() },
  "redis, ioredis": { engine: "redis", make: (url) => redisAdapter({ connect: () => new Redis(url) }) },
  "redis, node-redis": { engine: "redis", make: (url) => redisAdapter({ connect: () => createClient({ url }) }) },
  nats: { engine: "nats", make: (url) => natsAdapter({ connect: () => connect({ servers: url }) }) },
  postgres: { engine: "postgres", make: (url) => postgresAdapter({ connect: () => new pg.Client(url) }) },
};
