import { startLoadClient } from "../load-client.ts";
import { cpuMicroseconds } from "../process-usage.ts";
import type { Load } from "./loads.ts";
import { startCluster } from "./start.ts";

/** The result of a load on a number of workers. */
export interface Measured {
  perSecond: number;
  /** CPU time per reply or delivery, in µs: of the primary and the workers, and of the load client. */
  serverCpu: number;
  loadCpu: number;
}

const PENDING = 100;

/** Runs a load against its own cluster. */
export async function measure(load: Load, workers: number): Promise<Measured> {
  const server = await startCluster(workers, load.works);
  const client = startLoadClient(server, { core: null });
  try {
    await client.run({ command: "join", connections: load.connections, topics: load.topics, pending: PENDING });
    await client.run(load.warmUp);
    const serverCpu = (): number => server.pids.reduce((sum, pid) => sum + cpuMicroseconds(pid), 0);
    const before = { server: serverCpu(), load: cpuMicroseconds(client.pid), at: performance.now() };
    await client.run(load.command);
    const seconds = (performance.now() - before.at) / 1000;
    return {
      perSecond: load.count / seconds,
      serverCpu: (serverCpu() - before.server) / load.count,
      loadCpu: (cpuMicroseconds(client.pid) - before.load) / load.count,
    };
  } finally {
    await client.stop();
    await server.stop();
  }
}
