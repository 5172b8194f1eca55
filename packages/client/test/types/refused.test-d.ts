/** What a typed client says and gets, and what must not compile. */
import type { Channel, ChannelAt, ChannelOf, Refusal, ReplyOf, TopicsOf } from "@wingbeat/client";
import { PushError, Socket } from "@wingbeat/client";
import { expectTypeOf } from "vitest";
import type { userSocket } from "./server.ts";

const socket = new Socket<typeof userSocket>("/socket");

// Topics and join params
const room = socket.channel("room:42", { since: 1 });
socket.channel("room:42");
socket.channel("room:42", () => ({ since: 1 }));
socket.channel("room:42", async () => ({}));
socket.channel("system");
socket.channel("presence:a:1", { anything: 1 });
// @ts-expect-error: no such topic
socket.channel("rooms:42");
// @ts-expect-error: no such topic
socket.channel("system:1");
// @ts-expect-error: no such topic
socket.channel("presence:a");
// @ts-expect-error: since is a number
socket.channel("room:42", { since: "yesterday" });
// @ts-expect-error: no such param
socket.channel("room:42", { sins: 1 });
// @ts-expect-error: since is a number, also later
socket.channel("room:42", () => ({ since: "yesterday" }));
// @ts-expect-error: version is required
socket.channel("document:1");
// @ts-expect-error: version is required
socket.channel("document:1", {});
// @ts-expect-error: a route takes the same params
socket.channel("draft:1", {});

// Replies to a join
expectTypeOf(await room.join()).toEqualTypeOf<{ since: number }>();
// @ts-expect-error: no such field
void (await room.join()).until;
room.join().receive("error", (response) => {
  if ("oldest" in response) expectTypeOf(response.oldest).toEqualTypeOf<number>();
  // @ts-expect-error: no such field
  void response.newest;
});

// Events, payloads, replies
expectTypeOf(await room.push("new_msg", { body: "" })).toEqualTypeOf<{ id: number; at: string }>();
expectTypeOf(await room.push("seen")).toEqualTypeOf<{ seen: boolean }>();
expectTypeOf(await room.push("reaction:up", { on: 1 }, { timeout: 100 })).toEqualTypeOf<{ count: number }>();
room.push("new_msg", { body: "" }, 100).receive("ok", ({ id }) => expectTypeOf(id).toEqualTypeOf<number>());
// @ts-expect-error: no such event
room.push("new_mgs", { body: "" });
// @ts-expect-error: an event of another channel
room.push("ping");
// @ts-expect-error: body is a text
room.push("new_msg", { body: 1 });
// @ts-expect-error: no such field
room.push("new_msg", { body: "", bod: "" });
// @ts-expect-error: a payload is required
room.push("new_msg");
// @ts-expect-error: a payload is required, for patterns too
room.push("reaction:up", {});
// @ts-expect-error: no such field in the reply
void (await room.push("new_msg", { body: "" })).idd;
// @ts-expect-error: a date arrives as a text
(await room.push("new_msg", { body: "" })).at.getTime();
// @ts-expect-error: no such status
room.push("new_msg", { body: "" }).receive("busy", () => {});

// Why a push has failed
void room.push("new_msg", { body: "" }).catch(({ reason, response }) => {
  expectTypeOf(response).toEqualTypeOf<{ reason: string; field: string } | Refusal | undefined>();
  // @ts-expect-error: no such failure
  return reason === "refuse";
});
void room.join().then(undefined, ({ response }) => {
  if (response !== undefined && "oldest" in response) expectTypeOf(response.oldest).toEqualTypeOf<number>();
});
void room.push("seen").catch(({ response }) => expectTypeOf(response).toEqualTypeOf<Refusal | undefined>());
try {
  await room.push("seen");
} catch (error) {
  if (error instanceof PushError) expectTypeOf(error.response).toEqualTypeOf<unknown>();
}

// Events of the server
room.on("new_msg", (message) => expectTypeOf(message).toEqualTypeOf<{ id: number; body: string }>());
room.on("phx_error", () => {});
// @ts-expect-error: no such event
room.on("new_message", () => {});
// @ts-expect-error: no such field
room.on("new_msg", ({ text }) => text);
// @ts-expect-error: not its payload
room.on("new_msg", (message: { body: number }) => message);

// What arrives is what JSON makes of it; what is sent is what the schema takes.
const document = socket.channel("document:1", { version: 1 });
document.on("changed", ({ at }) => expectTypeOf(at).toEqualTypeOf<string>());
document.push("change", { text: "a text whose length counts" });
// @ts-expect-error: the schema makes a number of it, but takes a text
document.push("change", { text: 1 });

// An exact topic wins over a pattern; of patterns that both fit it may be either.
expectTypeOf(await socket.channel("room:lobby").join()).toEqualTypeOf<{ lobby: boolean }>();
expectTypeOf(await socket.channel("a:1").join()).toEqualTypeOf<{ a: number } | { b: number }>();
declare const topic: "room:lobby" | "draft:1";
// Of two topics only what both have is certain.
expectTypeOf(await socket.channel(topic, { version: 1 }).join()).toEqualTypeOf<{ lobby: boolean } | { text: string }>();
declare const anyRoom: `room:${string}`;
expectTypeOf(socket.channel(anyRoom)).toEqualTypeOf<Channel<ChannelAt<typeof userSocket, "room:7">>>();

// The types have names.
expectTypeOf(room).toEqualTypeOf<ChannelOf<typeof userSocket, "room:42">>();
const hand = (given: ChannelOf<typeof userSocket, "room:42">) => given.push("new_msg", { body: "" });
hand(room);
hand(socket.channel("room:7"));
// @ts-expect-error: another channel
hand(document);
// @ts-expect-error: no such topic
expectTypeOf<ChannelOf<typeof userSocket, "rooms:42">>().toBeNever();
expectTypeOf<"system">().toExtend<TopicsOf<typeof userSocket>>();
expectTypeOf<"systems">().not.toExtend<TopicsOf<typeof userSocket>>();
expectTypeOf<ReplyOf<ChannelAt<typeof userSocket, "room:1">, "seen">["status"]>().toEqualTypeOf<"ok">();
expectTypeOf<ChannelAt<typeof userSocket, "rooms:1">>().toBeNever();

// A socket keeps its types in a class of its own, and may go where any socket may.
class OwnSocket extends Socket<typeof userSocket> {}
expectTypeOf(await new OwnSocket("/socket").channel("room:lobby").join()).toEqualTypeOf<{ lobby: boolean }>();
socket satisfies Socket;

// Without types: any topic, event and payload, as in phoenix.js.
const untyped = new Socket("/socket").channel("any", { thing: 1 });
untyped.on("event", ({ body }: { body: string }) => body);
expectTypeOf(await untyped.push("event", { x: 1 })).toEqualTypeOf<unknown>();
void untyped.push("event").catch(({ response }) => expectTypeOf(response).toEqualTypeOf<unknown>());
