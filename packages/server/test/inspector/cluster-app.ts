/** The same on workers of node:cluster, which share a port. Prints a line when a worker is ready. */
import { runCluster } from "../../src/cluster.ts";
import { createEndpoint } from "../../src/index.ts";
import { inspect } from "../../src/inspector/inspect.ts";
import type { Inspection } from "../../src/inspector/inspection.ts";
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { presence, socketOf } from "./room.ts";

export interface ClusterSettings {
  readonly workers: number;
  readonly port: number;
}

const { workers, port } = JSON.parse(process.argv[2] ?? "") as ClusterSettings;

attach("cluster.worker_ready", ({ pid }) => process.stdout.write(`worker ${pid} is ready\n`));

runCluster({
  workers,
  drainTimeout: 5_000,
  start: async () => {
    const endpoint = createEndpoint({
      sockets: { "/socket": socketOf(new Promise(() => {}), () => inspection) },
      pubsub: clusterAdapter({}),
      presence: [presence],
    });
    const inspection: Inspection = inspect(endpoint, { deadline: 3_000 });
    await endpoint.listen(port, "127.0.0.1");
    return endpoint;
  },
});
