/** Redis with a replica that lags, AOF always, and a network for each node. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { PASSWORD, redisEngine } from "../../pubsub/engines.ts";
import type { TestEngine } from "../../pubsub/engines.ts";
import { StallingProxy } from "../../pubsub/stalling-proxy.ts";
import type { Bed, Injection } from "../campaign/bed.ts";
import { networkInjections, nodeInjections } from "./nodes.ts";

const KEEPS_ALL = ["--appendonly", "yes", "--appendfsync", "always"];
const SETTINGS = ["--requirepass", PASSWORD, "--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0", ...KEEPS_ALL];

/** Two servers: one is the primary, and the other copies it, until they change places. */
export class RedisPair {
  #primary!: TestEngine;
  #replica!: TestEngine;
  /** The replica reaches the primary through it. */
  readonly #copying = new StallingProxy(() => this.#primary.port);

  get port(): number {
    return this.#primary.port;
  }

  async start(): Promise<void> {
    [this.#primary, this.#replica] = [await redisEngine(SETTINGS), await redisEngine(SETTINGS)];
    await this.#copying.start();
    await Promise.all([this.#primary.start(), this.#replica.start()]);
    await this.#copy();
  }

  command(...args: readonly [string, ...string[]]): Promise<unknown> {
    return command(this.#primary.port, args);
  }

  /** It is killed, and started again with all that it has confirmed. */
  async restart(): Promise<void> {
    await this.#primary.kill();
    await this.#primary.start();
    await this.#copied();
  }

  /** The replica lags; the primary dies; the replica takes its place without the newest entries. */
  async failOver(lag: number): Promise<void> {
    this.#copying.stall();
    await sleep(lag);
    await this.#primary.kill();
    for (const link of this.#copying.links) link.cut();
    await command(this.#replica.port, ["REPLICAOF", "NO", "ONE"]);
    [this.#primary, this.#replica] = [this.#replica, this.#primary];
    this.#copying.resume();
  }

  /** The old primary comes back as a replica. */
  async rejoin(): Promise<void> {
    await this.#replica.start();
    await this.#copy();
  }

  async end(): Promise<void> {
    await this.#copying.stop();
    await Promise.all([this.#primary.end(), this.#replica.end()]);
  }

  async #copy(): Promise<void> {
    await command(this.#replica.port, ["REPLICAOF", "127.0.0.1", String(this.#copying.port)]);
    await this.#copied();
  }

  /** Resolves when the replica has everything. */
  async #copied(): Promise<void> {
    while (!String(await command(this.#replica.port, ["INFO", "replication"])).includes("master_link_status:up")) {
      await sleep(20);
    }
  }
}

async function command(port: number, [name, ...args]: readonly [string, ...string[]]): Promise<unknown> {
  const client = new Redis({ port, password: PASSWORD });
  try {
    return await client.call(name, ...args);
  } finally {
    client.disconnect();
  }
}

/** What can be done to Redis. `reset` ends the connections to the primary that there was. */
export const redisInjections = (redis: RedisPair, reset: () => void): readonly Injection[] => [
  {
    what: "Redis: FLUSHALL",
    loses: true,
    async run() {
      await redis.command("FLUSHALL");
    },
  },
  { what: "Redis: kill -9, and started again", outage: true, run: () => redis.restart() },
  {
    what: "Redis: a replica that lags is promoted",
    loses: true,
    outage: true,
    async run(nodes, random) {
      await redis.failOver(random.int(400));
      reset();
      await nodes.up();
      await redis.rejoin();
    },
  },
];

export function redisBed(): Bed {
  const redis = new RedisPair();
  const proxies = [1, 2, 3].map(() => new StallingProxy(() => redis.port));
  const reset = (): void => proxies.forEach(({ links }) => links.forEach((link) => link.reset()));
  return {
    name: "redis",
    nodes: proxies.length,
    async start() {
      await redis.start();
      for (const proxy of proxies) await proxy.start();
    },
    settings: (node) => ({ name: "redis", port: (proxies[node] as StallingProxy).port }),
    injections: [...nodeInjections, ...networkInjections(proxies, "Redis"), ...redisInjections(redis, reset)],
    async end() {
      for (const proxy of proxies) await proxy.stop();
      await redis.end();
    },
  };
}
