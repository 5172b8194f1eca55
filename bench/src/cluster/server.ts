// The server under test: `runCluster` with so many workers. Arguments: how many workers, and the work of a request.
import cluster from "node:cluster";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { runCluster } from "wingbeat/cluster";
import { clusterAdapter } from "wingbeat/pubsub/cluster";
import { find } from "./work.ts";

const workers = Number(process.argv[2]);
const works = process.argv[3] === "work";

const bench = defineChannel("bench:*")
  .join(() => ok())
  .handleIn("b", (ctx, payload) => {
    ctx.broadcast("b", payload as object);
  })
  .handleIn("e", (_ctx, payload) => {
    if (works) find();
    return ok(payload as object);
  });

const socket = defineSocket({
  connect: () => ok({}),
  id: () => null,
  channels: [bench],
  eventsPerSecond: 1e9, // counted, never reached: the benchmark asks for as much as goes
  bytesPerSecond: 1e15,
});

runCluster({
  workers,
  start: async () => {
    const endpoint = createEndpoint({
      sockets: { "/bench": { socket, websocket: { timeout: 600_000 } } },
      pubsub: clusterAdapter(),
      logger: false,
    });
    const { port } = await endpoint.listen(0, "127.0.0.1");
    process.send!({ port });
    return endpoint;
  },
});

if (cluster.isPrimary) {
  const pids: number[] = [process.pid];
  cluster.on("message", (worker, message: object) => {
    if (!("port" in message)) return;
    if (pids.push(worker.process.pid!) === workers + 1) process.send!({ port: message.port, pids });
  });
  process.on("disconnect", () => process.exit());
}
