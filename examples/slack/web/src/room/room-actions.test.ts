// @vitest-environment happy-dom
import type { HistoryPage } from "@wingbeat/example-slack/contract";
import { expect, it, vi } from "vitest";
import { createRoomActions } from "./room-actions.ts";
import type { RoomChannel } from "./room-channel.ts";
import { joinedWith, message, messages } from "./room-fixtures.ts";
import { RoomStore } from "./room-store.ts";

interface Where {
  readonly before: number;
  readonly limit: number;
}

/** A room that holds messages `from` to `to`, of which the server says that each was edited. */
function room(from: number, to: number) {
  const store = new RoomStore(1, 7);
  store.dispatch({ type: "joined", reply: joinedWith(messages(from, to)) });
  const history = vi.fn<(event: string, where: Where) => Promise<HistoryPage>>((_event, { before, limit }) => {
    const seqs = Array.from({ length: Math.min(limit, before - 1) }, (_, index) => before - 1 - index).toReversed();
    const found = seqs.map((seq) => message(seq, { body: "edited", editedAt: "2026-11-20T12:00:00Z" }));
    return Promise.resolve({ messages: found, hasOlder: (seqs[0] ?? 1) > 1, hasNewer: false });
  });
  const push = history as unknown as RoomChannel["push"];
  const actions = createRoomActions(
    store,
    { push, cast: () => true },
    { attempt: () => Promise.resolve(true), openRoom: () => {} },
  );
  const edited = () => store.state.messages.filter(({ body }) => body === "edited").length;
  return { store, history, actions, edited };
}

it("looks again at all messages that are here, in pages", async () => {
  const { history, actions, edited } = room(31, 280);
  await actions.refresh();
  expect(history.mock.calls.map(([, { before }]) => before)).toEqual([281, 181, 81]);
  expect(edited()).toBe(250);
});

it("asks for nothing when nothing is here", async () => {
  const { history, actions } = room(1, 0);
  await actions.refresh();
  expect(history).not.toHaveBeenCalled();
});

it("stops when the connection is lost: the next join begins anew", async () => {
  const { history, actions, edited } = room(1, 250);
  history.mockRejectedValueOnce(new Error("closed"));
  await actions.refresh();
  expect(history).toHaveBeenCalledOnce();
  await actions.refresh();
  expect(edited()).toBe(250);
});
