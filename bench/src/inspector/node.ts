/** One of three nodes with an inspector, over Redis. Reports its port, and the CPU time it has used when it is asked. */
import { Redis } from "ioredis";
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { redisAdapter } from "wingbeat/pubsub/redis";

const [nodeName, url] = process.argv.slice(2) as [string, string];

const bench = defineChannel("bench:*")
  .join(() => ok())
  .handleIn("b", (ctx, payload) => {
    ctx.broadcast("b", payload as object);
  })
  .handleIn("e", (_ctx, payload) => ok(payload as object));

const endpoint = createEndpoint({
  sockets: { "/bench": defineSocket({ connect: () => ok({}), channels: [bench] }) },
  pubsub: redisAdapter({ nodeName, namespace: "bench_inspector", connect: () => new Redis(url) }),
  logger: false,
});
inspector({ endpoint });
const { port } = await endpoint.listen(0, "127.0.0.1");

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpu: user + system });
});
process.send?.({ port });
