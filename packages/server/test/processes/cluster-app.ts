/** The node on several workers of node:cluster, which share a port. Prints a line when a worker is ready. */
import { runCluster } from "../../src/cluster.ts";
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import { attach } from "../../src/telemetry/attach.ts";
import { ADAPTER, appOn } from "./app.ts";

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
    const endpoint = appOn(clusterAdapter(ADAPTER));
    await endpoint.listen(port, "127.0.0.1");
    return endpoint;
  },
});
