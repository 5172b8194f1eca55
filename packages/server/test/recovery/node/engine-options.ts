/** The options that connect a node to its engine. Only the driver that is needed is loaded. */
import type { EndpointOptions } from "../../../src/index.ts";
import { memoryHistory } from "../../../src/index.ts";
import { natsAdapter } from "../../../src/pubsub/adapters/nats.ts";
import { postgresAdapter } from "../../../src/pubsub/adapters/postgres.ts";
import { redisAdapter, redisHistory } from "../../../src/pubsub/adapters/redis.ts";
import { PASSWORD } from "../../pubsub/engines.ts";
import type { EngineSettings } from "./settings.ts";

/** An engine that answers nothing is noticed soon. */
const heartbeat = 500;

export async function engineOptions(
  engine: EngineSettings,
  nodeName: string,
): Promise<Pick<EndpointOptions, "pubsub" | "history">> {
  switch (engine.name) {
    case "memory":
      return { history: memoryHistory({ file: engine.file }) };
    case "redis":
      return { pubsub: redisAdapter({ nodeName, heartbeat, connect: await redis(engine.port) }) };
    case "postgres": {
      const { default: pg } = await import("pg");
      const server = { host: "127.0.0.1", user: "wingbeat", password: PASSWORD, database: "postgres" };
      const connect = () => new pg.Client({ ...server, port: engine.port });
      return { pubsub: postgresAdapter({ nodeName, heartbeat, connect }) };
    }
    case "nats": {
      const { connect } = await import("@nats-io/transport-node");
      const server = { servers: `127.0.0.1:${engine.port}`, user: "wingbeat", pass: PASSWORD };
      const pubsub = natsAdapter({ nodeName, heartbeat, connect: () => connect(server) });
      return { pubsub, history: redisHistory({ connect: await redis(engine.redisPort) }) };
    }
  }
}

async function redis(port: number) {
  const { Redis } = await import("ioredis");
  return () => new Redis({ port, password: PASSWORD });
}
