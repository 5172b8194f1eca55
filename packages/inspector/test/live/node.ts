/** One node of a real cluster with an inspector: a process of its own, over Redis. */
/* oxlint-disable no-console, node/no-process-env -- it is a program */
import { Redis } from "ioredis";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok, refuse } from "wingbeat";
import { inspector } from "wingbeat/inspector";
import { redisAdapter } from "wingbeat/pubsub/redis";

const presence = definePresence<{ device: string }>({ name: "people" });

const room = defineChannel("room:{id}")
  .history()
  .pushes<{ said: { body: string } }>()
  .join(() => ok())
  .handleIn("say", (ctx, payload) => {
    ctx.broadcast("said", payload as { body: string });
    return ok();
  })
  .handleIn("crash", () => {
    throw new Error("a crash that was asked for");
  });

const user = defineChannel("user:{id}").join((ctx) => {
  presence.track(ctx, ctx.params.id, { device: "test" });
  return ok();
});

const userSocket = defineSocket({
  connect: ({ user: name }) => (name === "nobody" ? refuse("nobody") : ok({ name: String(name) })),
  id: ({ name }) => `user_socket:${name}`,
  channels: [room, user],
});
export type LiveSocket = typeof userSocket;

const { PORT = "0", REDIS = "" } = process.env;
const endpoint = createEndpoint({
  sockets: { "/socket": userSocket },
  presence: [presence],
  pubsub: redisAdapter({ connect: () => new Redis(REDIS) }),
  secretKeyBase: "a secret of these tests, the same on all nodes, long enough for it!",
  logger: false,
});
inspector({ endpoint });
await endpoint.listen(Number(PORT), "127.0.0.1");
console.log(`http://localhost:${PORT}`);

process.on("SIGTERM", () => void endpoint.close().then(() => process.exit(0)));
