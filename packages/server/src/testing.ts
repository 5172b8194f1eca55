/**
 * `wingbeat/testing`: channels tested without a network.
 *
 * A test client runs the real socket process: `connect`, joins, handlers, intercepts, timers, crashes and `terminate` behave
 * as in production; only the WebSocket is missing. It works with every test runner: assertions are promises that reject
 * with a `WingbeatError` of code `WB_ASSERTION`, whose message says what was expected and what arrived instead.
 *
 * Assertions wait up to 100 ms and continue as soon as the message arrives. Refutations wait the whole 100 ms.
 * Both take another time as the last argument, and `testSocket(…, { timeout })` changes the default. When a callback
 * crashes while an assertion waits, the assertion fails with the callback's error as `cause`.
 *
 * Topics, events, payloads and replies are typed by the socket definition. To send what it does not allow, write
 * `as never`: `channel.push("no_such_event" as never, {})`.
 *
 * @example
 * import { testSocket } from "wingbeat/testing";
 *
 * const kit = testSocket(userSocket);
 * afterAll(() => kit.close());
 *
 * it("shouts to everyone", async () => {
 *   const client = await kit.connect({ token: "alice's" });
 *   const room = await client.subscribeAndJoin("room:1");
 *
 *   const ref = room.push("shout", { body: "hi" });
 *   await room.assertReply(ref, "ok");
 *   await room.assertBroadcast("shout", { body: "hi" });
 *   await room.assertPush("shout", { body: (body: string) => body.length === 2 });
 *   await room.refutePush("whisper");
 *
 *   await room.assertReply(room.leave(), "ok");
 *   await room.assertTerminated("left");
 * });
 * @module
 */
export { testSocket } from "./testing/kit.ts";
export type { ConnectFrom, ConnectRefusal, TestKit, TestOptions } from "./testing/kit.ts";
export type { JoinAnswer, JoinOptions, TestClient } from "./testing/client.ts";
export type { Ending, TestChannel } from "./testing/channel.ts";
export type { AsymmetricMatcher, Pattern } from "./testing/match.ts";
export type { PushRef } from "./testing/contract.ts";
