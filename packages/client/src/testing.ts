/**
 * `@wingbeat/client/testing`: a server in memory, for tests of components and other code that uses the client. Topics,
 * events, payloads and replies are typed by the contract of the real server, whose code is not needed. It speaks the
 * protocol: joins, replies, presence, recovery and numbered pushes behave as with a Wingbeat server.
 *
 * What a client does arrives in a microtask, and is answered there; what the test does arrives at once. There are no
 * timers, so fake ones do no harm.
 *
 * @example
 * const server = fakeServer<typeof userSocket>();
 * server.channel("room:42").onJoin(() => ok({ role: "admin" })).on("new_msg", ({ body }) => ok({ id: 1 }));
 *
 * const socket = server.socket();
 * socket.connect();
 * const channel = socket.channel("room:42");
 * await channel.join();
 *
 * const client = await server.joined("room:42");
 * client.push("new_msg", { id: 7, body: "hi" });
 * server.close(); // after each test: throws for what the test has got wrong
 */
import type { TypedSocket, UntypedSocket } from "./contract.ts";
import { Server } from "./testing/server.ts";
import type { FakeServerOptions } from "./testing/server.ts";
import type { FakeServer } from "./testing/types.ts";

/** A server in memory, typed by `typeof userSocket` of the real one. */
export function fakeServer<Definition extends TypedSocket = UntypedSocket>(
  options?: FakeServerOptions,
): FakeServer<Definition> {
  // The same at run time; only the types know the server.
  return new Server(options) as unknown as FakeServer<Definition>;
}

export { ok, refuse, reply } from "./testing/answer.ts";
export type { Answer, AnswerTo } from "./testing/answer.ts";
export type { FakeServerOptions } from "./testing/server.ts";
export type { FakeChannel, FakePresence, FakeServer, ReceivedPush, ServerEnd } from "./testing/types.ts";
