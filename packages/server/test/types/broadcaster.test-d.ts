/** What a broadcaster may send, by the type of the sockets or the endpoint that it sends to. */
import { expectTypeOf } from "vitest";
import { createBroadcaster, createEndpoint, defineChannel, defineSocket, ok, publishHandler } from "../../src/index.ts";
import type { Broadcaster, PubSubAdapter, Reach } from "../../src/index.ts";

declare const pubsub: PubSubAdapter;
const room = defineChannel("room:{id}")
  .pushes<{ new_msg: { body: string } }>()
  .commands<{ kicked: { id: number } }>()
  .join(() => ok());
const admin = defineChannel("admin")
  .pushes<{ alert: { level: number } }>()
  .join(() => ok());
const userSocket = defineSocket({
  connect: () => ok({ id: 1 }),
  id: ({ id }) => `user:${id}` as const,
  channels: [room],
});
const adminSocket = defineSocket({ connect: () => ok(), channels: [admin] });

const one = createBroadcaster<typeof userSocket>({ pubsub });
one.broadcast("room:1", "new_msg", { body: "hi" });
one.command("room:1", "kicked", { id: 1 });
one.broadcastUnchecked("anything", "at all", {});
one.disconnect("user:1");
expectTypeOf(one.ready({ timeout: 1 })).toEqualTypeOf<Promise<void>>();
expectTypeOf(one.close()).toEqualTypeOf<Promise<Reach>>();
expectTypeOf(one.nodes).toEqualTypeOf<readonly string[]>();
// @ts-expect-error: no channel has this topic
one.broadcast("rooms:1", "new_msg", { body: "hi" });
// @ts-expect-error: no such event
one.broadcast("room:1", "new_message", { body: "hi" });
// @ts-expect-error: another payload
one.broadcast("room:1", "new_msg", { text: "hi" });
// @ts-expect-error: no such command
one.command("room:1", "kick", { id: 1 });
// @ts-expect-error: a topic of another socket
one.broadcast("admin", "alert", { level: 1 });
// @ts-expect-error: it has no clients of its own
one.localBroadcast("room:1", "new_msg", { body: "hi" });

// Several sockets: a union, or a record as endpoints have it.
const both = createBroadcaster<typeof userSocket | typeof adminSocket>({ pubsub });
both.broadcast("room:1", "new_msg", { body: "hi" });
both.broadcast("admin", "alert", { level: 1 });
// @ts-expect-error: the event of another topic
both.broadcast("admin", "new_msg", { body: "hi" });

const record = createBroadcaster<{ "/socket": typeof userSocket; "/admin": { socket: typeof adminSocket } }>({
  pubsub,
});
record.broadcast("room:1", "new_msg", { body: "hi" });
record.broadcast("admin", "alert", { level: 1 });
// @ts-expect-error: another payload
record.broadcast("admin", "alert", { level: "1" });

// An endpoint.
const endpoint = createEndpoint({ sockets: { "/socket": userSocket, "/admin": adminSocket } });
const like = createBroadcaster<typeof endpoint>({ pubsub });
like.broadcast("room:1", "new_msg", { body: "hi" });
like.broadcast("admin", "alert", { level: 1 });
// @ts-expect-error: no channel has this topic
like.broadcast("adminx", "alert", { level: 1 });
expectTypeOf(like.broadcast).toEqualTypeOf(endpoint.broadcast);

// Without a type argument everything may be sent.
const untyped: Broadcaster = createBroadcaster({ pubsub });
untyped.broadcast("anything", "at all", { n: 1 });

// A broadcaster of known topics is one of any.
const sending: Pick<Broadcaster, "broadcastUnchecked"> = one;
sending.broadcastUnchecked("a", "b", {});

// Both may be published to.
publishHandler({ to: one, secret: "" });
publishHandler({ to: endpoint, secret: "" });
// @ts-expect-error: nothing to publish to
publishHandler({ to: {}, secret: "" });
