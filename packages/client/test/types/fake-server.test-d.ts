/** What a fake server knows of the real one. Never run: `tsc -p tsconfig.test.json` is the test. */
import type { Socket } from "@wingbeat/client";
import { fakeServer, ok, refuse, reply } from "@wingbeat/client/testing";
import type { ServerEnd } from "@wingbeat/client/testing";
import { expectTypeOf } from "vitest";
import { defineChannel, definePresence, defineSocket, ok as accept, refuse as reject } from "wingbeat";
import type { userSocket } from "./server.ts";

const server = fakeServer<typeof userSocket>();
expectTypeOf(server.socket()).toEqualTypeOf<Socket<typeof userSocket>>();

// Topics and patterns
const room = server.channel("room:42");
server.channel("room:{id}");
server.channel("room:*");
server.channel("system");
// @ts-expect-error: no such topic
server.channel("rooms:42");
// @ts-expect-error: no such topic
void server.joined("rooms:42");

// Joins
room.onJoin(({ since }, topic) => {
  expectTypeOf(since).toEqualTypeOf<number | undefined>();
  expectTypeOf(topic).toEqualTypeOf<string>();
  return since === 0 ? refuse({ reason: "too old", oldest: 1 }) : ok({ since: 1 });
});
room.onJoin(async () => refuse({ reason: "rate limited", retry_after_ms: 10 }));
// @ts-expect-error: since is a number
room.onJoin(() => ok({ since: "1" }));
// @ts-expect-error: a join is answered
room.onJoin(() => {});

// Events and their answers
room
  .on("new_msg", ({ body }, client) => {
    expectTypeOf(body).toEqualTypeOf<string>();
    client.push("typing", { name: body });
    return ok({ id: 1, at: new Date() });
  })
  .on("new_msg", async () => refuse({ reason: "empty", field: "body" }))
  .on("reaction:up", ({ on }) => ok({ count: on }))
  .on("reaction:*", (_payload, _client, event) => ok({ count: event.length }));
// @ts-expect-error: no such event
room.on("new_mgs", () => ok());
// @ts-expect-error: at is missing
room.on("new_msg", () => ok({ id: 1 }));
// @ts-expect-error: no such status
room.on("new_msg", () => reply("busy", {}));
// @ts-expect-error: no such event
room.dropReply("new_mgs");
room
  .history({ events: ["new_msg"] })
  .dedupe()
  .dropReply("new_msg");
// @ts-expect-error: no such event
room.history({ events: ["new_mgs"] });

// The server's end
const client = await server.joined("room:42");
expectTypeOf(client.params).toEqualTypeOf<{ since?: number | undefined }>();
client.push("new_msg", { id: 1, body: "" });
client.broadcast("typing", { name: "" });
server.broadcast("room:42", "new_msg", { id: 1, body: "" });
// @ts-expect-error: body is missing
client.push("new_msg", { id: 1 });
// @ts-expect-error: no such event
client.broadcast("new_mgs", {});
// @ts-expect-error: name is a string
server.broadcast("room:42", "typing", { name: 1 });
const received = await client.received("new_msg");
expectTypeOf(received.payload).toEqualTypeOf<{ body: string }>();
received.reply(ok({ id: 1, at: new Date() }));
// @ts-expect-error: id is a number
received.reply(ok({ id: "1", at: new Date() }));

// Presence and refusals
const presence = definePresence<{ device: string }, { user: { name: string } }>({ fetch: async () => ({}) as never });
const people = defineChannel("people:{id}")
  .pushes<typeof presence.events>()
  .join(() => accept());
const other = defineSocket({
  connect: ({ token }) => (token === "x" ? reject({ why: "banned" }) : accept()),
  channels: [people],
});
export async function typed(crowd: ServerEnd<never>): Promise<void> {
  const fake = fakeServer<typeof other>();
  fake.onConnect(({ token }, authToken) => (token === authToken ? ok() : refuse({ why: "banned" })));
  // @ts-expect-error: no such reason
  fake.onConnect(() => refuse({ because: "banned" }));
  const end = await fake.joined("people:1");
  end.presence.join("ann", { device: "phone" }, { user: { name: "Ann" } });
  end.presence.update("ann", { device: "tab" });
  // @ts-expect-error: what fetch adds is missing
  end.presence.join("ann", { device: "phone" });
  // @ts-expect-error: device is missing
  end.presence.update("ann", {});
  expectTypeOf(crowd).not.toBeAny();
}

// A server of unknown types
const untyped = fakeServer();
untyped
  .channel("any")
  .onJoin(({ since }: { since: number }) => ok({ since }))
  .on("event", ({ a }: { a: 1 }) => ok({ a }));
(await untyped.joined("any")).push("event", { anything: 1 });
(await untyped.joined("any")).presence.join("ann", { device: "phone" });
