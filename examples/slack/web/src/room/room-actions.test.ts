// @vitest-environment happy-dom
import type { HistoryPage } from "@wingbeat/example-slack/contract";
import { expect, it, vi } from "vitest";
import { createRoomActions } from "./room-actions.ts";
import type { RoomChannel } from "./room-channel.ts";
import { joinedWith, messages } from "./room-fixtures.ts";
import { RoomStore } from "./room-store.ts";

/** A room that holds the newest 50 of 280 messages. */
function room() {
  const store = new RoomStore(1, 7);
  store.dispatch({ type: "joined", reply: joinedWith(messages(231, 280), { hasMore: true }) });
  const history = vi.fn<() => Promise<HistoryPage>>(() =>
    Promise.resolve({ messages: messages(181, 230), hasOlder: true, hasNewer: false }),
  );
  const push = history as unknown as RoomChannel["push"];
  const actions = createRoomActions(store, { push }, { attempt: () => Promise.resolve(true), openRoom: () => {} });
  return { store, history, actions };
}

it("asks once for a page, however often it is scrolled to", async () => {
  const { store, history, actions } = room();
  await Promise.all([actions.load({ kind: "older", before: 231 }), actions.load({ kind: "older", before: 231 })]);
  expect(history).toHaveBeenCalledOnce();
  expect(store.state.messages).toHaveLength(100);
});

it("gives nothing when the connection is lost, and may be asked again", async () => {
  const { store, history, actions } = room();
  history.mockRejectedValueOnce(new Error("closed"));
  expect(await actions.load({ kind: "older", before: 231 })).toBeUndefined();
  expect(await actions.load({ kind: "older", before: 231 })).toBeDefined();
  expect(store.state.messages).toHaveLength(100);
});
