// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { fakeServer, ok, refuse } from "@wingbeat/client/testing";
import type { FakeServer } from "@wingbeat/client/testing";
import type { SlackSocket } from "@wingbeat/example-slack";
import { createElement } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { SocketProvider } from "../realtime.ts";
import { useRoomChannel, useRoomEvents } from "./room-channel.ts";
import { alice, joinedWith, message } from "./room-fixtures.ts";
import { roomStore } from "./room-store.ts";
import type { RoomStore } from "./room-store.ts";
import { UnsentRooms } from "./unsent-rooms.tsx";
import { useSending } from "./use-sending.ts";

let server: FakeServer<SlackSocket>;
/** Client ids that the server has handled, with their rooms, in order. */
let handled: string[];
/** Bodies that it refuses. */
let refused: Set<string>;
/** Other rooms in each test: their stores are kept. */
let roomId = 0;
let stores: [here: RoomStore, there: RoomStore];

beforeEach(() => {
  sessionStorage.clear();
  handled = [];
  refused = new Set();
  stores = [roomStore(alice.id, ++roomId), roomStore(alice.id, ++roomId)];
  server = fakeServer<SlackSocket>();
  server
    .channel("room:{id}")
    .dedupe()
    .onJoin(() => ok(joinedWith([])))
    .on("message:send", ({ clientId, body }, { topic }) => {
      handled.push(`${topic} ${clientId}`);
      if (refused.has(body)) return refuse({ reason: "forbidden", message: "You may not write here." });
      return ok({ message: message(handled.length, { clientId, body, user: alice }) });
    });
});
afterEach(() => {
  cleanup();
  server.close();
});

function Room({ store }: { readonly store: RoomStore }) {
  const { channel } = useRoomChannel(store);
  useRoomEvents(channel, store);
  useSending(store, channel);
  return null;
}

/** A page, with one of the rooms on screen. */
function open(first: RoomStore) {
  const socket = server.socket();
  const page = (store: RoomStore) => {
    const onScreen = createElement(Room, { key: store.roomId, store });
    const others = createElement(UnsentRooms, { userId: alice.id, currentRoomId: store.roomId });
    return createElement(SocketProvider, { socket }, onScreen, others);
  };
  const { rerender, unmount } = render(page(first));
  return { show: (store: RoomStore) => rerender(page(store)), end: unmount, joined: () => joined(first) };
}

const joined = ({ roomId: id }: RoomStore) => server.joined(`room:${id}`);
const write = (store: RoomStore, clientId: string): void =>
  store.dispatch({ type: "send", outgoing: { clientId, body: clientId, replyTo: null, attachments: [], at: "" } });
const waiting = (store: RoomStore) => store.state.outbox.map(({ clientId, state }) => `${clientId} ${state}`);
const allSent = (...all: RoomStore[]) => vi.waitFor(() => expect(all.flatMap(waiting)).toEqual([]));
const topicOf = (store: RoomStore): string => `room:${store.roomId}`;

it("sends in order, and shows at once what is on its way", async () => {
  const [here] = stores;
  await open(here).joined();
  write(here, "one");
  write(here, "two");
  expect(waiting(here)).toEqual(["one sending", "two sending"]);
  await allSent(here);
  expect(handled).toEqual([`${topicOf(here)} one`, `${topicOf(here)} two`]);
  expect(here.state.messages.map(({ clientId }) => clientId)).toEqual(["one", "two"]);
});

it("sends what was written without a connection, also in a room that is not on screen any more: in order, once", async () => {
  const [here, there] = stores;
  const page = open(here);
  await page.joined();
  server.stop();
  for (const id of ["one", "two"]) write(here, id);
  page.show(there);
  for (const id of ["three", "four"]) write(there, id);
  page.show(here);
  write(here, "five");
  page.show(there);
  expect(handled).toEqual([]);
  server.start();
  await allSent(here, there);
  const inRoom = (store: RoomStore) => handled.filter((line) => line.startsWith(`${topicOf(store)} `));
  expect(inRoom(here)).toEqual(["one", "two", "five"].map((id) => `${topicOf(here)} ${id}`));
  expect(inRoom(there)).toEqual(["three", "four"].map((id) => `${topicOf(there)} ${id}`));
  expect(handled).toHaveLength(5);
});

it("has a message handled once whose reply was lost", async () => {
  const [here] = stores;
  await open(here).joined();
  server.channel("room:{id}").dropReply("message:send");
  write(here, "one");
  await allSent(here);
  expect(handled).toEqual([`${topicOf(here)} one`]);
});

it("sends it again, with the same client id, when the server has forgotten it", async () => {
  const [here] = stores;
  const page = open(here);
  await page.joined();
  const channel = server.channel("room:{id}");
  channel.dropReply("message:send");
  channel.on("message:send", ({ clientId, body }) => {
    handled.push(clientId);
    if (handled.length === 1) channel.forgetPushes();
    return ok({ message: message(1, { clientId, body, user: alice }) });
  });
  write(here, "one");
  await allSent(here);
  expect(handled).toEqual(["one", "one"]);
});

it("says why a message was refused, goes on with the next one, and sends it once more when asked to", async () => {
  const [here] = stores;
  await open(here).joined();
  refused.add("one");
  write(here, "one");
  write(here, "two");
  await vi.waitFor(() => expect(waiting(here)).toEqual(["one failed"]));
  expect(here.state.outbox[0]?.error).toBe("You may not write here.");
  expect(handled).toHaveLength(2);
  refused.clear();
  here.dispatch({ type: "retry", clientId: "one" });
  await allSent(here);
  expect(handled.at(-1)).toBe(`${topicOf(here)} one`);
  expect(handled).toHaveLength(3);
});

it("does not send what was refused, until it is asked to", async () => {
  const [here, there] = stores;
  const page = open(here);
  await page.joined();
  refused.add("one");
  write(here, "one");
  await vi.waitFor(() => expect(waiting(here)).toEqual(["one failed"]));
  page.show(there);
  page.show(here);
  write(here, "two");
  await vi.waitFor(() => expect(waiting(here)).toEqual(["one failed"]));
  expect(handled).toHaveLength(2);
  here.dispatch({ type: "discard", clientId: "one" });
  expect(waiting(here)).toEqual([]);
});

it("sends what an earlier socket of this tab has left, in all rooms", async () => {
  const [here, there] = stores;
  const page = open(here);
  await page.joined();
  server.stop();
  write(here, "one");
  page.show(there);
  write(there, "two");
  page.end();
  server.start();
  open(there);
  await allSent(here, there);
  expect(handled.toSorted()).toEqual([`${topicOf(here)} one`, `${topicOf(there)} two`]);
});
