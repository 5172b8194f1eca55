import { Redis } from "ioredis";
import type { PubSubAdapter } from "wingbeat";
import { redisAdapter } from "wingbeat/pubsub/redis";

/**
 * PubSub between processes. Rejects when Redis cannot be reached at the start; a Redis that goes away later comes back by
 * itself.
 */
export async function connectRedis(url: string): Promise<PubSubAdapter> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  let reason: NodeJS.ErrnoException | undefined;
  redis.on("error", (error: Error) => (reason = error));
  try {
    await redis.connect();
  } catch (error) {
    const { message, code } = reason ?? (error as NodeJS.ErrnoException);
    throw new Error(`Redis cannot be reached at REDIS_URL: ${message || code}`, { cause: error });
  } finally {
    redis.disconnect();
  }
  return redisAdapter({ connect: () => new Redis(url) });
}
