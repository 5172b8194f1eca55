/** What a client learns from `typeof userSocket`: topics, join params, replies, events and pushes. */
import { defineChannel, defineSocket, ok, refuse, reply, routeChannel, stop } from "wingbeat";
import type { ChannelContract, ReplyContract, SocketContract, TopicOf } from "@wingbeat/protocol";
import { expectTypeOf } from "vitest";
import type { z } from "zod";
import type { Message, room } from "./room.ts";
import type { userSocket } from "./server.test-d.ts";

// A client in types: a topic picks the channel, the channel gives the rest.
interface Socket {
  readonly "~contract": SocketContract;
}
type Channels<S extends Socket> = S["~contract"]["channels"];
type Topics<S extends Socket> = TopicOf<Channels<S>["topic"]>;
type On<C extends ChannelContract, Topic> = C extends ChannelContract
  ? Topic extends TopicOf<C["topic"]>
    ? C
    : never
  : never;
type Answer<R extends ReplyContract, Status> = R extends { status: Status; response: infer Response }
  ? Response
  : never;

interface ClientChannel<C extends ChannelContract> {
  join(): Promise<Answer<C["join"]["reply"], "ok">>;
  push<E extends keyof C["events"] & string>(
    event: E,
    payload: C["events"][E]["in"],
  ): Promise<Answer<C["events"][E]["reply"], "ok">>;
  on<E extends keyof C["pushes"] & string>(event: E, callback: (payload: C["pushes"][E]) => void): void;
}
declare function connect<S extends Socket>(): {
  channel<T extends Topics<S>>(topic: T, params: On<Channels<S>, T>["join"]["in"]): ClientChannel<On<Channels<S>, T>>;
};

const client = connect<typeof userSocket>();
const channel = client.channel("room:42", { since: 1 });
expectTypeOf(channel.join()).resolves.toEqualTypeOf<{ messages: Message[] }>();
expectTypeOf(channel.push("new_msg", { body: "hi" })).resolves.toEqualTypeOf<{ id: number }>();
channel.on("new_msg", (message) => expectTypeOf(message).toEqualTypeOf<Message>());
channel.on("user_joined", (someone) => expectTypeOf(someone).toEqualTypeOf<{ name: string }>());
client.channel("room:42", {});
client.channel("system", undefined);

expectTypeOf<Topics<typeof userSocket>>().toEqualTypeOf<`room:${string}` | `notifications:${string}` | "system">();

// @ts-expect-error: no channel takes the topic
client.channel("rooms:42", {});
// @ts-expect-error: the wrong join params
client.channel("room:42", { since: "yesterday" });
// @ts-expect-error: an event that the channel does not take
channel.push("new_mgs", { body: "hi" });
// @ts-expect-error: the wrong payload
channel.push("new_msg", { body: 1 });
// @ts-expect-error: an event that the channel does not push
channel.on("other", () => {});
// @ts-expect-error: no such field
channel.on("new_msg", (message) => message.text);

// Every answer of a handler, by status.
type Join = (typeof room)["~contract"]["join"];
expectTypeOf<Answer<Join["reply"], "error">>().toEqualTypeOf<{ reason: string }>();
expectTypeOf<Join["in"]>().toEqualTypeOf<{ since?: number | undefined }>();

const plain = defineChannel("plain")
  .join(() => ok())
  .handleIn("both", (_ctx, payload) => (payload === 1 ? ok({ n: 1 }) : refuse({ reason: "no" as const })))
  .handleIn("busy", () => reply("busy", { seconds: 3 }))
  .handleIn("bye", () => stop("normal", ok({ bye: true })))
  .handleIn("silent", () => {})
  .handleIn("late", (ctx) => {
    const ref = ctx.socketRef<ReturnType<typeof ok<{ late: boolean }>>>();
    ref.reply(ok({ late: true }));
    return ref;
  });
type Plain = (typeof plain)["~contract"]["events"];
expectTypeOf<Answer<Plain["both"]["reply"], "ok">>().toEqualTypeOf<{ n: number }>();
expectTypeOf<Answer<Plain["both"]["reply"], "error">>().toEqualTypeOf<{ reason: "no" }>();
expectTypeOf<Plain["busy"]["reply"]>().toEqualTypeOf<{
  readonly status: "busy";
  readonly response: { seconds: number };
}>();
expectTypeOf<Answer<Plain["bye"]["reply"], "ok">>().toEqualTypeOf<{ bye: boolean }>();
expectTypeOf<Answer<Plain["late"]["reply"], "ok">>().toEqualTypeOf<{ late: boolean }>();
expectTypeOf<Plain["silent"]["reply"]>().toEqualTypeOf<never>();

// A route lends a channel its own topic.
const lent = defineSocket({ connect: () => ok(), channels: [routeChannel("lent:{id}", plain)] });
expectTypeOf<Topics<typeof lent>>().toEqualTypeOf<`lent:${string}`>();
expectTypeOf<On<Channels<typeof lent>, "lent:1">["events"]["busy"]["in"]>().toEqualTypeOf<unknown>();

// Nothing but the contract is needed to say these things by hand.
interface ByHand {
  readonly topic: "room:{id}";
  readonly join: {
    readonly in: z.input<z.ZodObject>;
    readonly reply: { readonly status: "ok"; readonly response: object };
  };
  readonly events: Record<never, never>;
  readonly pushes: { readonly tick: { n: number } };
}
expectTypeOf<ByHand>().toExtend<ChannelContract>();
