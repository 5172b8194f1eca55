/** The stores of `crash-points.test.ts` that outlive a node. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import type { HistoryStore } from "../../src/index.ts";
import { postgresHistory } from "../../src/pubsub/adapters/postgres.ts";
import { redisHistory } from "../../src/pubsub/adapters/redis.ts";
import { clientAt, newNamespace } from "../history/postgres-database.ts";
import { PASSWORD, postgresAvailability, postgresEngine, redisAvailability, redisEngine } from "../pubsub/engines.ts";
import type { Availability, TestEngine } from "../pubsub/engines.ts";

interface CrashStore {
  readonly name: string;
  readonly availability: Availability;
  engine(): Promise<TestEngine>;
  /** An empty place. */
  namespace(port: number): Promise<string>;
  history(port: number, namespace: string): HistoryStore;
}

export const CRASH_STORES: readonly CrashStore[] = [
  {
    name: "Redis",
    availability: redisAvailability,
    engine: () => redisEngine(),
    namespace: async () => randomUUID(),
    history: (port, namespace) => redisHistory({ connect: () => new Redis({ port, password: PASSWORD }), namespace }),
  },
  {
    name: "PostgreSQL",
    availability: postgresAvailability,
    engine: () => postgresEngine(),
    namespace: (port) => newNamespace(port),
    history: (port, namespace) => postgresHistory({ connect: () => clientAt(port), namespace }),
  },
];
