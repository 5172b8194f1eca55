// @vitest-environment happy-dom
import { renderHook } from "@testing-library/react";
import { PushError } from "@wingbeat/client";
import type { PushFailure } from "@wingbeat/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RoomChannel } from "./room-channel.ts";
import { alice, joinedWith, message } from "./room-fixtures.ts";
import { nextOutgoing } from "./room-state/outbox.ts";
import { RoomStore } from "./room-store.ts";
import { useOutbox } from "./send-outbox.ts";

let store: RoomStore;
const push = vi.fn<(event: string, payload: { readonly clientId: string }) => Promise<object>>();
afterEach(() => push.mockReset());
beforeEach(() => {
  sessionStorage.clear();
  store = new RoomStore(alice.id, 7);
  store.dispatch({ type: "joined", reply: joinedWith([message(1)]) });
});

const fail = (reason: PushFailure) => Promise.reject(new PushError(reason, { topic: "room:7", event: "message:send" }));
const sent = () => push.mock.calls.map(([, { clientId }]) => clientId);

function write(clientId: string): void {
  store.dispatch({ type: "send", outgoing: { clientId, body: clientId, replyTo: null, attachments: [], at: "" } });
}

function render(state: RoomChannel["state"] = "joined") {
  const props = { state, push: push as unknown as RoomChannel["push"] };
  return renderHook((room) => useOutbox(store, room, nextOutgoing(store.state)?.clientId), { initialProps: props });
}

/** Everything is sent, or waits for something that does not come by itself. */
const atRest = () => vi.waitFor(() => expect(store.isSending).toBe(false));

function stored(seq: number) {
  push.mockImplementationOnce((_event, { clientId }) =>
    Promise.resolve({ message: message(seq, { clientId, user: alice }) }),
  );
}

it("sends in order, and one after the other", async () => {
  write("one");
  write("two");
  stored(2);
  stored(3);
  render();
  await atRest();
  expect(sent()).toEqual(["one", "two"]);
  expect(store.state.outbox).toEqual([]);
  expect(store.state.messages.map(({ clientId }) => clientId)).toEqual(["c1", "one", "two"]);
});

it("waits for the next join when the connection is lost, and sends again what was under way", async () => {
  write("one");
  push.mockImplementationOnce(() => fail("closed"));
  const { rerender } = render();
  await atRest();
  expect(store.state.outbox).toMatchObject([{ clientId: "one", state: "sending" }]);
  stored(2);
  for (const state of ["errored", "joined"] as const) rerender({ state, push: push as unknown as RoomChannel["push"] });
  await atRest();
  expect(sent()).toEqual(["one", "one"]);
  expect(store.state.outbox).toEqual([]);
});

it("sends again what got no answer, before what comes after it", async () => {
  write("silent");
  write("next");
  push.mockImplementationOnce(() => fail("timeout"));
  stored(2);
  stored(3);
  render();
  await atRest();
  expect(sent()).toEqual(["silent", "silent", "next"]);
  expect(store.state.outbox).toEqual([]);
});

it("waits as long as it is told to when it is too fast", async () => {
  write("one");
  const tooFast = { reason: "rate limited", retry_after_ms: 20 };
  push.mockImplementationOnce((event) =>
    Promise.reject(new PushError("refused", { topic: "room:7", event, status: "error", response: tooFast })),
  );
  stored(2);
  const begun = performance.now();
  render();
  await atRest();
  expect(performance.now() - begun).toBeGreaterThanOrEqual(19);
  expect(sent()).toEqual(["one", "one"]);
  expect(store.state.outbox).toEqual([]);
});

it("gives up, and says so, when there is no answer for more than a minute", async () => {
  write("given up");
  push.mockImplementation(() => fail("timeout"));
  render();
  await atRest();
  expect(push).toHaveBeenCalledTimes(7);
  expect(store.state.outbox).toMatchObject([{ clientId: "given up", state: "failed" }]);
});

it("does not try again what the server has refused", async () => {
  write("refused");
  push.mockImplementation(() => fail("refused"));
  render();
  await atRest();
  expect(push).toHaveBeenCalledOnce();
  expect(store.state.outbox).toMatchObject([{ clientId: "refused", state: "failed" }]);
});
