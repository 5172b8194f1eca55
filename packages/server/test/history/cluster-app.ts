/** Several workers of node:cluster on one port, with a room whose history the primary keeps. Prints a line when one is ready. */
import { runCluster } from "../../src/cluster.ts";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";
import { clusterAdapter } from "../../src/pubsub/adapters/cluster.ts";
import { attach } from "../../src/telemetry/attach.ts";

export interface RecoverySettings {
  readonly workers: number;
  readonly port: number;
}

const { workers, port } = JSON.parse(process.argv[2] ?? "") as RecoverySettings;

const room = defineChannel("room:{id}")
  .history({ size: 100_000, ttl: 3_600_000, maxBytes: 64_000_000 })
  .join(() => ok())
  .handleIn("say", async (ctx, payload) => {
    const { id } = payload as { id: string };
    const { offset } = await ctx.publish("said", { id }, { id });
    return ok({ offset, pid: process.pid });
  });

attach("cluster.worker_ready", ({ pid }) => process.stdout.write(`worker ${pid} is ready\n`));

runCluster({
  workers,
  drainTimeout: 5_000,
  start: async () => {
    const endpoint = createEndpoint({
      sockets: { "/socket": defineSocket({ connect: () => ok(), channels: [room] }) },
      pubsub: clusterAdapter(),
      drain: { deadline: 1_000 },
      logger: { level: "error" },
    });
    await endpoint.listen(port, "127.0.0.1");
    return endpoint;
  },
});
