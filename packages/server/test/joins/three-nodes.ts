/** The interleavings on three nodes, over a Redis of their own. */
import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { onTestFinished } from "vitest";
import { redisAdapter } from "wingbeat/pubsub/redis";
import { PASSWORD, redisEngine } from "../pubsub/engines.ts";
import { nodesOf, runInterleavings } from "./interleavings.ts";

/** Gives the first faults of so many seeds. */
export async function runOverRedis(first: number, count: number): Promise<string[]> {
  const engine = await redisEngine();
  await engine.start();
  onTestFinished(() => engine.end());
  const namespace = randomUUID();
  const connect = (): Redis => new Redis({ port: engine.port, password: PASSWORD });
  const nodes = nodesOf([1, 2, 3].map(() => redisAdapter({ connect, namespace })));
  await Promise.all(nodes.map((node) => node.pubsub.start()));
  onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.close()))));
  return runInterleavings(nodes, first, count);
}
