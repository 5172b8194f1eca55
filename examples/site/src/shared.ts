/** What the processes of an example share: with Redis its PubSub and a store, without it nothing but a store of its own. */
import { Redis } from "ioredis";
import type { PubSubAdapter } from "wingbeat";
import { redisAdapter } from "wingbeat/pubsub/redis";
import { memoryStore, redisStore } from "./store.ts";
import type { Store } from "./store.ts";

export interface Shared {
  readonly store: Store;
  /** Signs tokens; the same in all processes. */
  readonly secret: string;
  /** Absent without Redis: the endpoint is alone then. */
  readonly pubsub?: PubSubAdapter;
  close(): void;
}

export interface SharedOptions {
  /** E.g. `redis://127.0.0.1:6379`. Default: none, for one process. */
  readonly redisUrl?: string | undefined;
  /** Default: one for demos. */
  readonly secret?: string | undefined;
}

/** Whoever reads this can make tokens. It does for examples, which ask nobody for a password. */
const DEMO_SECRET = "no secret at all, for examples only";

/** Rejects when Redis cannot be reached at the start. */
export async function connectShared({ redisUrl, secret = DEMO_SECRET }: SharedOptions = {}): Promise<Shared> {
  if (redisUrl === undefined) return { store: memoryStore(), secret, close() {} };
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1 });
  let reason: Error | undefined;
  redis.on("error", (error: Error) => (reason = error));
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw new Error(`Redis cannot be reached at REDIS_URL: ${(reason ?? (error as Error)).message}`, { cause: error });
  }
  return {
    store: redisStore(redis),
    secret,
    pubsub: redisAdapter({ connect: () => new Redis(redisUrl) }),
    close: () => redis.disconnect(),
  };
}
