import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { report } from "./report.ts";

const plain = defineChannel("bench:*");
const bench = (process.argv[2] === "history" ? plain.history() : plain)
  .join(() => ok())
  .handleIn("b", (ctx, payload) => {
    ctx.broadcast("b", payload as object);
  })
  .handleIn("e", (_ctx, payload) => ok(payload as object))
  .handleIn("n", () => {});

const socket = defineSocket({
  connect: () => ok({}),
  id: () => null,
  channels: [bench],
  maxChannels: 100_000,
  eventsPerSecond: 1e9, // counted, never reached: the benchmark asks for as much as goes
  bytesPerSecond: 1e15,
  joinsPerSecond: 1e9,
});

const endpoint = createEndpoint({
  sockets: { "/bench": { socket, websocket: { timeout: 600_000 } } },
  logger: false,
});

if (process.argv[2] === "inspector") inspector({ endpoint });

const { port } = await endpoint.listen(0, "127.0.0.1");
report(port);
