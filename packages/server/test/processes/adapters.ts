/** The adapter of each engine that the tests start. Only the driver that is needed is loaded. */
import { natsAdapter } from "../../src/pubsub/adapters/nats.ts";
import { postgresAdapter } from "../../src/pubsub/adapters/postgres.ts";
import { redisAdapter } from "../../src/pubsub/adapters/redis.ts";
import type { PubSubAdapter } from "../../src/index.ts";
import type { EngineOptions } from "../../src/pubsub/remote/engine-adapter.ts";
import { PASSWORD } from "../pubsub/engines.ts";

export type EngineName = "Redis" | "NATS" | "PostgreSQL";

export async function adapterOf(engine: EngineName, port: number, options: EngineOptions): Promise<PubSubAdapter> {
  switch (engine) {
    case "Redis": {
      const { Redis } = await import("ioredis");
      return redisAdapter({ ...options, connect: () => new Redis({ port, password: PASSWORD }) });
    }
    case "NATS": {
      const { connect } = await import("@nats-io/transport-node");
      const server = { servers: `127.0.0.1:${port}`, user: "wingbeat", pass: PASSWORD };
      return natsAdapter({ ...options, connect: () => connect(server) });
    }
    case "PostgreSQL": {
      const { default: pg } = await import("pg");
      const server = { host: "127.0.0.1", port, user: "wingbeat", password: PASSWORD, database: "postgres" };
      return postgresAdapter({ ...options, connect: () => new pg.Client(server) });
    }
  }
}
