/**
 * An application of React Native: components with the hooks of `@wingbeat/react`, and pushes that are kept in AsyncStorage
 * beyond the end of the app. Rendered without the native side, by React's renderer for tests, against the fake server.
 */
import { Socket } from "@wingbeat/client";
import { asyncStorageOutbox } from "@wingbeat/client/outbox";
import { fakeServer, ok } from "@wingbeat/client/testing";
import { createHooks } from "@wingbeat/react";
import { useState } from "react";
import { create } from "react-test-renderer";

const { SocketProvider, useChannel, useConnection, useEvent, usePresence } = createHooks();

function Room() {
  const { channel, state, push } = useChannel("room:1");
  const { list } = usePresence(channel);
  const [seen, setSeen] = useState([]);
  useEvent(channel, "new_msg", ({ body }) => setSeen((all) => [...all, body]));
  const send = (body) => push("new_msg", { body }, { retry: true }).then(null, () => {});
  return <view send={send}>{[useConnection(), state, `people:${list.length}`, ...seen].join(" ")}</view>;
}

/** The fake server reads the query of its clients; React Native has this class, the bare VM has not. */
class Query {
  constructor(text) {
    this.pairs = text.split("&").map((pair) => pair.split("=").map(decodeURIComponent));
  }
  [Symbol.iterator]() {
    return this.pairs[Symbol.iterator]();
  }
}

/** What is used of `@react-native-async-storage/async-storage`, in memory. */
function memoryStorage() {
  const items = new Map();
  return {
    getItem: async (key) => items.get(key) ?? null,
    setItem: async (key, value) => void items.set(key, value),
    removeItem: async (key) => void items.delete(key),
    getAllKeys: async () => [...items.keys()],
  };
}

export async function runApp() {
  global.URLSearchParams = Query;
  const server = fakeServer();
  const room = server.channel("room:1").dedupe();
  const handled = [];
  room.on("new_msg", ({ body }, client) => {
    handled.push(body);
    client.broadcast("new_msg", { body });
    client.presence.join("ada", {});
    return ok();
  });
  const storage = memoryStorage();
  const start = () => {
    const outbox = { storage: asyncStorageOutbox(storage, "ada") };
    const socket = new Socket("ws://server/socket", {
      transport: server.transport,
      outbox,
      reconnectAfterMs: () => 10,
    });
    const app = create(
      <SocketProvider socket={socket}>
        <Room />
      </SocketProvider>,
    );
    return {
      socket,
      text: () => app.toJSON()?.children.join("") ?? "",
      send: (body) => app.root.findByType("view").props.send(body),
      stop: () => app.unmount(),
    };
  };

  const first = start();
  await shows(first, "open joined people:0");
  first.send("one");
  await shows(first, "open joined people:1 one");
  server.stop();
  await shows(first, "reconnecting errored people:1 one");
  first.send("two");
  await until("the push is stored", async () => (await storage.getAllKeys()).length === 1);
  first.stop();
  await until("the connection is closed", () => !first.socket.isConnected());

  // Another process, in which the pushes of the first are nobody's.
  globalThis[Symbol.for("wingbeat.outbox.sessions")].clear();
  server.start();
  const second = start();
  await shows(second, "open joined people:1 two");
  await until("the storage is empty", async () => (await storage.getAllKeys()).length === 0);
  second.stop();
  if (handled.join() !== "one,two") throw new Error(`handled: ${handled.join()}`);
}

const shows = (app, text) =>
  until(
    text,
    () => app.text() === text,
    () => app.text(),
  );

async function until(what, isSo, found = () => "") {
  for (let tries = 0; tries < 500; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not so: ${what}; found: ${found()}`);
}
