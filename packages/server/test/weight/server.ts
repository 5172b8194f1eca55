/** A process that serves an endpoint, and beside it bare sockets of `ws`. When asked, it says what is on its heap. */
import { once } from "node:events";
import { createServer } from "node:http";
import { WebSocketServer } from "ws";
import { createEndpoint, defineChannel, defineSocket, ok } from "../../src/index.ts";

const room = defineChannel("room:{id}").join(() => ok());
const endpoint = createEndpoint({
  sockets: {
    "/anonymous": defineSocket({ connect: () => ok(), channels: [room] }),
    "/named": defineSocket({
      connect: ({ user }) => ok({ user: String(user) }),
      id: ({ user }) => `user:${user}`,
      channels: [room],
    }),
    "/expiring": defineSocket({ connect: () => ok({}, { expiresAt: Date.now() + 3_600_000 }), channels: [room] }),
  },
  logger: false,
});
const { port } = await endpoint.listen(0, "127.0.0.1");

const bare = createServer();
new WebSocketServer({ server: bare, clientTracking: false }).on("connection", (socket) => {
  socket.on("message", () => socket.send("ok"));
});
bare.listen(0, "127.0.0.1");
await once(bare, "listening");

process.on("message", () => {
  gc?.();
  // A second pass frees what finalizers of the first one let go.
  setImmediate(() => {
    gc?.();
    const { heapUsed, external } = process.memoryUsage();
    process.send?.(heapUsed + external);
  });
});
process.on("disconnect", () => process.exit());
process.send?.({ endpoint: port, bare: (bare.address() as { port: number }).port });
