/** What must not compile. */
import { createEndpoint, defineChannel, defineSocket, ok, routeChannel } from "wingbeat";
import { z } from "zod";
import { room } from "./room.ts";
import type { User } from "./room.ts";

declare const user: User;

const channel = defineChannel("room:{id}")
  .assigns<{ user: User; seen?: number }>()
  .info<"tick">()
  .pushes({ new_msg: z.object({ body: z.string() }) });

channel.join((ctx) => {
  // @ts-expect-error: an event that is not declared
  ctx.push("new_mgs", { body: "" });
  // @ts-expect-error: an event that is not declared
  ctx.broadcast("other", {});
  // @ts-expect-error: the wrong payload
  ctx.broadcast("new_msg", { body: 1 });
  // @ts-expect-error: the wrong payload
  ctx.broadcastFrom("new_msg", { bod: "" });
  // @ts-expect-error: no such assign
  void ctx.assigns.usr;
  // @ts-expect-error: an optional assign
  void (ctx.assigns.seen + 1);
  // @ts-expect-error: assigns change through assign
  ctx.assigns.user = user;
  // @ts-expect-error: the wrong assign
  ctx.assign({ seen: "1" });
  // @ts-expect-error: no such assign
  ctx.assign({ sen: 1 });
  // @ts-expect-error: no such part of the topic
  void ctx.params.name;
  // @ts-expect-error: not a message of its own
  ctx.send("tock");
  // @ts-expect-error: not a message of its own
  ctx.sendAfter("tock", 1);
  return ok();
});

// @ts-expect-error: join must say yes or no
channel.join(() => {});
// @ts-expect-error: join must say yes or no
channel.join(() => true);
// @ts-expect-error: a number is no result
channel.handleIn("count", () => 1);
// @ts-expect-error: nor is it later
channel.handleIn("count", async () => 1);
// @ts-expect-error: nor is a plain object
channel.handleIn("count", () => ({ status: 1 }));
// @ts-expect-error: handleOut answers nobody
channel.handleOut("new_msg", () => ok());
// @ts-expect-error: handleInfo answers nobody
channel.handleInfo(() => ok());
// @ts-expect-error: the schema says what comes
channel.handleIn("count", z.object({ n: z.number() }), (_ctx, payload: { n: string }) => ok(payload));
// @ts-expect-error: a schema without a handler
channel.handleIn("count", z.object({}));
// @ts-expect-error: handleOut of an event that is not declared
channel.handleOut("other", () => {});
channel.handleOut("new_msg", (ctx, payload) => {
  // @ts-expect-error: no such field
  void payload.text;
  // @ts-expect-error: the wrong payload
  ctx.push("new_msg", { body: 1 });
});

// @ts-expect-error: the channel needs a user and connect gives none
defineSocket({ connect: () => ok(), channels: [room] });
// @ts-expect-error: the same when connect is async
defineSocket({ connect: async () => ok({ name: "" }), channels: [room] });
// @ts-expect-error: a user of another shape
defineSocket({ connect: () => ok({ user: { id: 1 } }), channels: [room] });
// @ts-expect-error: the route's assigns are of another shape
defineSocket({ connect: () => ok(), channels: [routeChannel("desk:{id}", room, { assigns: { user: "ada" } })] });
// @ts-expect-error: connect says who may come in
defineSocket({ channels: [] });
// @ts-expect-error: connect must say yes or no
defineSocket({ connect: () => true, channels: [] });
defineSocket({
  connect: () => ok({ user }),
  // @ts-expect-error: no such assign
  id: ({ name }) => `user_socket:${name}`,
  channels: [room],
});
// @ts-expect-error: an id is a text
defineSocket({ connect: () => ok({ user }), id: ({ user: { id } }) => id, channels: [room] });
// @ts-expect-error: no channel
defineSocket({ connect: () => ok(), channels: ["room:*"] });
// @ts-expect-error: no such option
defineSocket({ connect: () => ok(), channels: [], maxChannel: 3 });

// @ts-expect-error: the room reads params.id
routeChannel("desk", room);
// @ts-expect-error: the room reads params.id
routeChannel("desk:*", room);
// @ts-expect-error: the room reads params.id
routeChannel("desk:{number}", room);

const socket = defineSocket({ connect: () => ok(), channels: [] });
// @ts-expect-error: a channel is no socket
createEndpoint({ sockets: { "/socket": room } });
// @ts-expect-error: no such option
createEndpoint({ sockets: { "/socket": socket }, checkOrigins: true });
const endpoint = createEndpoint({ sockets: { "/socket": socket } });
// @ts-expect-error: a payload is an object
endpoint.broadcast("room:lobby", "new_msg", "hello");
// @ts-expect-error: a broadcast has a payload
endpoint.broadcast("room:lobby", "new_msg");
