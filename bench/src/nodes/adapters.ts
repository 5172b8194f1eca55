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

/** An adapter: its engine, the driver package, and how to create it. */
export interface AdapterUnderTest {
  engine?: Engine;
  driver?: string;
  make(url: string): PubSubAdapter;
}

/** The adapters, by title. */
export const adapters: Readonly<Record<string, AdapterUnderTest>> = {
  cluster: { make: () => clusterAdapter() },
  "redis, ioredis": {
    engine: "redis",
    driver: "ioredis",
    make: (url) => redisAdapter({ connect: () => new Redis(url) }),
  },
  "redis, node-redis": {
    engine: "redis",
    driver: "redis",
    make: (url) => redisAdapter({ connect: () => createClient({ url }) }),
  },
  nats: {
    engine: "nats",
    driver: "@nats-io/transport-node",
    make: (url) => natsAdapter({ connect: () => connect({ servers: url }) }),
  },
  postgres: {
    engine: "postgres",
    driver: "pg",
    make: (url) => postgresAdapter({ connect: () => new pg.Client(url) }),
  },
};
