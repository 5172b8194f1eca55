/** What code outside of channels may send: topic, event and payload are checked. */
import {
  conflate,
  createBroadcaster,
  createEndpoint,
  defineChannel,
  defineSocket,
  localAdapter,
  ok,
  refuse,
  volatile,
} from "wingbeat";
import type {
  Broadcast,
  Channel,
  ChannelContext,
  ChannelEndpoint,
  ConnectInfo,
  ContextOf,
  Endpoint,
  EndpointOf,
} from "wingbeat";
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { inbox } from "./cycle/inbox.ts";
import { room } from "./cycle/room.ts";

const open = defineChannel("open:*").join(() => ok());
const lobby = defineChannel("room:lobby")
  .pushes<{ lobby_only: { n: number } }>()
  .join(() => ok());

const userSocket = defineSocket({
  connect: () => ok({ user: { id: 1 } }),
  id: ({ user }) => `user_socket:${user.id}`,
  channels: [lobby, room, inbox],
});
const adminSocket = defineSocket({ connect: () => ok(), id: () => String(Math.random()), channels: [open] });

const endpoint = createEndpoint({
  sockets: { "/socket": userSocket, "/admin": { socket: adminSocket, longpoll: true } },
});
endpoint.broadcast("room:42", "new_msg", { body: "hi" });
declare const id: number;
endpoint.broadcast(`room:${id}`, "typing", { who: 1 });
endpoint.localBroadcast("inbox:1", "unread", { count: 1 });
endpoint.broadcastFrom(undefined, "inbox:1", "read", { id: 1 });
endpoint.localBroadcastFrom(undefined, "inbox:1", "read", { id: 1 });
endpoint.command("room:42", "close", { why: "late" });
// A channel that declares nothing takes everything.
endpoint.broadcast("open:1", "anything", { at: "all" });
// An exact topic wins over a pattern.
endpoint.broadcast("room:lobby", "lobby_only", { n: 1 });
// The id of a socket takes "disconnect", when its type tells it from other topics.
endpoint.broadcast("user_socket:7", "disconnect", {});
endpoint.broadcastUnchecked("whatever", "event", {});
endpoint.commandUnchecked("whatever", "command", {});

// @ts-expect-error: no such topic
endpoint.broadcast("rooms:42", "new_msg", { body: "hi" });
// @ts-expect-error: no such event
endpoint.broadcast("room:42", "unread", { count: 1 });
// @ts-expect-error: the wrong payload
endpoint.broadcast("room:42", "new_msg", { bod: "hi" });
// @ts-expect-error: an event of the pattern, not of the exact topic
endpoint.broadcast("room:lobby", "new_msg", { body: "hi" });
// @ts-expect-error: a command is no event
endpoint.broadcast("room:42", "close", { why: "late" });
// @ts-expect-error: an event is no command
endpoint.command("room:42", "new_msg", { body: "hi" });
// @ts-expect-error: not an event of an id
endpoint.broadcast("user_socket:7", "new_msg", {});
// @ts-expect-error: the wrong payload
endpoint.localBroadcast("inbox:1", "unread", { count: "1" });

endpoint.subscribe("inbox:1", (broadcast) => {
  if (broadcast.event === "unread") expectTypeOf(broadcast.payload).toEqualTypeOf<{ count: number }>();
  else expectTypeOf(broadcast.payload).toEqualTypeOf<{ id: number }>();
});
endpoint.subscribeUnchecked("whatever", (broadcast) => expectTypeOf(broadcast).toEqualTypeOf<Broadcast>());
// @ts-expect-error: no such topic
endpoint.subscribe("rooms:42", () => {});

// A plain Endpoint takes everything, and so does what only sends.
const plain: Endpoint = endpoint;
plain.broadcast("rooms:42", "whatever", { any: "thing" });
plain.subscribe("rooms:42", (broadcast) => expectTypeOf(broadcast.payload).toEqualTypeOf<unknown>());
const sender: ChannelEndpoint = endpoint;
sender.command("rooms:42", "whatever", { any: "thing" });
// @ts-expect-error: a payload is an object
plain.broadcast("rooms:42", "whatever", 1);
const byHand: { broadcast(topic: string, event: string, payload: object): void } = endpoint;
byHand.broadcast("rooms:42", "whatever", {});

// For functions: an endpoint that can send to some channels. One that knows more of them passes, and so does a plain one.
const tell = (to: EndpointOf<typeof room | typeof inbox>): void => {
  to.broadcast("inbox:1", "unread", { count: 1 });
  // @ts-expect-error: not one of these channels
  to.broadcast("open:1", "anything", {});
};
tell(endpoint);
tell(plain);

const jobs = createBroadcaster<typeof userSocket>({ pubsub: localAdapter() });
jobs.broadcast("room:42", "new_msg", { body: "hi" });
// @ts-expect-error: no such event
jobs.broadcast("room:42", "unread", { count: 1 });

// The context of a channel has a name, before and after its handlers.
const declared = defineChannel("doc:{id}").assigns<{ n: number }>().pushes<{ changed: { n: number } }>();
const done = declared.join(() => ok()).handleIn("x", () => ok());
expectTypeOf<ContextOf<typeof declared>>().toEqualTypeOf<ContextOf<typeof done>>();
expectTypeOf<ContextOf<typeof declared>["assigns"]>().toEqualTypeOf<Readonly<{ n: number }>>();
expectTypeOf<typeof done extends Channel<infer D, infer _A> ? ChannelContext<D> : never>().toEqualTypeOf<
  ContextOf<typeof done>
>();

// Delivery: what conflate is given has the type of the event, by type and by schema.
defineChannel("board").pushes<{ cursor: { by: number }; typing: object }>({
  cursor: conflate((cursor) => {
    expectTypeOf(cursor).toEqualTypeOf<{ by: number }>();
    return cursor.by;
  }),
  typing: volatile(),
});
defineChannel("board").pushes(
  { cursor: z.object({ by: z.number() }), typing: z.object({}) },
  { cursor: conflate(({ by }) => by), typing: conflate() },
);
// @ts-expect-error: no such event
defineChannel("board").pushes<{ cursor: { by: number } }>({ cursors: volatile() });
// @ts-expect-error: no such event
defineChannel("board").pushes({ cursor: z.object({ by: z.number() }) }, { cursors: volatile() });
// @ts-expect-error: a key is a string or a number
defineChannel("board").pushes<{ cursor: { by: number } }>({ cursor: conflate((cursor) => cursor) });
interface ByInterface {
  changed: { n: number };
}
defineChannel("board")
  .pushes<ByInterface>()
  .join((ctx) => {
    // @ts-expect-error: no such event
    ctx.push("change", { n: 1 });
    return ok();
  });

// Replies by schema: what a handler returns is checked, and what a client gets is what is declared.
const Count = z.object({ count: z.number() });
const counted = defineChannel("counted")
  .join({ payload: z.object({ since: z.coerce.number<string>() }), reply: Count }, (_ctx, { since }) => {
    expectTypeOf(since).toEqualTypeOf<number>();
    return since < 0 ? refuse({ reason: "negative" as const }) : ok({ count: since });
  })
  .handleIn("count", { reply: Count, error: z.object({ reason: z.string() }) }, (_ctx, payload) => {
    expectTypeOf(payload).toEqualTypeOf<unknown>();
    return payload === 1 ? ok({ count: 1 }) : refuse({ reason: "not one" });
  })
  .handleIn("async", { reply: Count }, async () => ok({ count: 1 }))
  .handleIn("error only", { error: Count }, (_ctx, payload) => (payload === 1 ? ok("yes") : refuse({ count: 1 })));
type Counted = (typeof counted)["~contract"];
expectTypeOf<Counted["join"]["in"]>().toEqualTypeOf<{ since: string }>();
expectTypeOf<Counted["join"]["reply"]>().toEqualTypeOf<
  | { readonly status: "ok"; readonly response: { count: number } }
  | { readonly status: "error"; readonly response: { reason: "negative" } }
>();
expectTypeOf<Counted["events"]["count"]["reply"]>().toEqualTypeOf<
  | { readonly status: "ok"; readonly response: { count: number } }
  | { readonly status: "error"; readonly response: { reason: string } }
>();
expectTypeOf<Counted["events"]["error only"]["reply"]>().toEqualTypeOf<
  | { readonly status: "ok"; readonly response: string }
  | { readonly status: "error"; readonly response: { count: number } }
>();
// @ts-expect-error: not what is declared
counted.handleIn("wrong", { reply: Count }, () => ok({ count: "1" }));
// @ts-expect-error: not what is declared
counted.handleIn("wrong", { reply: Count }, async () => ok());
// @ts-expect-error: not what is declared
counted.handleIn("wrong", { error: Count }, () => refuse({ reason: "no" }));
// @ts-expect-error: not what is declared
defineChannel("wrong").join({ reply: Count }, () => ok({ counts: 1 }));

// A session is typed by its schema.
defineSocket({
  session: z.object({ user_id: z.coerce.number<string>() }),
  connect: (_params, info) => {
    expectTypeOf(info.session).toEqualTypeOf<{ user_id: number } | undefined>();
    expectTypeOf(info).toEqualTypeOf<ConnectInfo<{ user_id: number }>>();
    return info.session === undefined ? refuse() : ok({ id: info.session.user_id });
  },
  id: ({ id: user }) => `user:${user}`,
  channels: [],
});
