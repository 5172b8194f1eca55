/** The server that clients of all platforms talk to: built from this repository, on a free port. */
import { createEndpoint, defineChannel, defineSocket, ok } from "wingbeat";

const room = defineChannel("room:{id}")
  .pushes()
  .join((ctx) => {
    ctx.send("joined");
    return ok({ id: ctx.params.id });
  })
  .handleInfo((ctx) => ctx.push("bytes", new Uint8Array([1, 2, 3])))
  .handleIn("echo", (_ctx, payload) => ok(payload));

/** `url` of the socket, and `stop`. */
export async function startServer() {
  const socket = defineSocket({ connect: () => ok(), channels: [room] });
  const sockets = { "/socket": { socket, longpoll: true, websocket: { checkOrigin: false } } };
  const endpoint = createEndpoint({ sockets, logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  return { url: `ws://127.0.0.1:${port}/socket`, stop: () => endpoint.close({ drain: false }) };
}
