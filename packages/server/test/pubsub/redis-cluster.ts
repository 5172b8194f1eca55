/** A real Redis Cluster: three servers, a third of the slots each. */
import { Redis } from "ioredis";
import { freePort } from "../../../../tools/test/free-port.ts";
import { redisEngine } from "./engines.ts";

const SLOTS = 16_384;

export interface RedisCluster {
  readonly ports: readonly number[];
  end(): Promise<unknown>;
}

/** `extra`: further settings of each redis-server. */
export async function startRedisCluster(extra: readonly string[] = []): Promise<RedisCluster> {
  const busPorts = await Promise.all([freePort(), freePort(), freePort()]);
  const engines = await Promise.all(
    busPorts.map((bus) => redisEngine(["--cluster-enabled", "yes", "--cluster-port", String(bus), ...extra])),
  );
  await Promise.all(engines.map((engine) => engine.start()));
  await form(engines.map(({ port }, index) => ({ port, bus: busPorts[index] as number })));
  return {
    ports: engines.map(({ port }) => port),
    end: () => Promise.all(engines.map((engine) => engine.end())),
  };
}

/** The port on which the servers of a cluster talk: by default 10,000 higher, which may be none. */
interface Server {
  readonly port: number;
  readonly bus: number;
}

/** Makes a cluster of three servers; resolves when all of them say that it works. */
async function form(servers: readonly Server[]): Promise<void> {
  const clients = servers.map(({ port }) => new Redis(port, "127.0.0.1"));
  const { port, bus } = servers[0] as Server;
  const third = Math.ceil(SLOTS / 3);
  for (const [index, client] of clients.entries()) {
    const last = Math.min((index + 1) * third, SLOTS) - 1;
    await client.cluster("ADDSLOTSRANGE", index * third, last);
    await client.cluster("SET-CONFIG-EPOCH", index + 1);
    if (index > 0) await client.call("CLUSTER", "MEET", "127.0.0.1", port, bus);
  }
  for (const client of clients) {
    while (!(await client.cluster("INFO")).includes("cluster_state:ok")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    while (!(await client.cluster("INFO")).includes("cluster_known_nodes:3")) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    client.disconnect();
  }
}
