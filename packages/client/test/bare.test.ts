/**
 * Where there is no page: React Native and other places with a global WebSocket and little else. The bundled client runs
 * among those globals alone, of which none is a DOM's.
 */
import { createContext, runInContext } from "node:vm";
import { expect, it, onTestFinished, vi } from "vitest";
import { createEndpoint, defineChannel, definePresence, defineSocket, ok } from "wingbeat";
import { WebSocket } from "ws";
import { bundle } from "./programs.ts";

const presence = definePresence();
const room = defineChannel("room:{id}")
  .dedupe()
  .join((ctx) => {
    presence.track(ctx, "ada", {});
    presence.pushState(ctx);
    return ok({ joined: true });
  })
  .handleIn("shout", (ctx, payload) => {
    ctx.broadcast("shout", payload as object);
    return ok({});
  });
const userSocket = defineSocket({
  connect: () => ok(),
  id: () => "user",
  channels: [room],
});

const PROGRAM = `
import { Presence, Socket } from "@wingbeat/client";
import { asyncStorageOutbox } from "@wingbeat/client/outbox";
const items = new Map();
const storage = asyncStorageOutbox({
  getItem: async (key) => items.get(key) ?? null,
  setItem: async (key, value) => items.set(key, value),
  removeItem: async (key) => items.delete(key),
  getAllKeys: async () => [...items.keys()],
}, "ada");
const socket = new Socket(url, {
  reconnectAfterMs: () => 10, rejoinAfterMs: () => 10, longPollFallbackMs: 5000, outbox: { storage },
});
socket.onOpen(() => note("open"));
socket.onClose(({ code }) => note(code));
const channel = socket.channel("room:1");
const presence = new Presence(channel);
presence.onSync(() => note(presence.list((key) => key).join()));
channel.on("shout", ({ body }) => note(body));
channel.join().receive("ok", ({ joined }) => note("joined " + joined));
channel.push("shout", { body: "hello" }).then(() => note("answered"));
channel.push("shout", { body: "kept" }, { retry: true }).then(() => note("handled"));
socket.connect();
end = () => socket.disconnect(() => note("disconnected"));
`;

/** React Native calls its global object \`window\`, which has no events and no document. */
const NOTHING = { setTimeout, clearTimeout, queueMicrotask, WebSocket };
const places: readonly (readonly [string, object])[] = [
  ["nothing but timers and a WebSocket", {}],
  ["a window without a document", { window: {}, navigator: { product: "ReactNative" } }],
];

it.each(places)("the client connects, joins, pushes and comes back with %s", async (_place, globals) => {
  const sockets = { "/socket": userSocket };
  const endpoint = createEndpoint({ sockets, presence: [presence], logger: false });
  const { port } = await endpoint.listen(0, "127.0.0.1");
  const notes: unknown[] = [];
  const note = (what: unknown): void => void notes.push(what);
  const context = { ...NOTHING, ...globals, url: `ws://127.0.0.1:${port}/socket`, note, end: () => {} };
  onTestFinished(async () => {
    context.end();
    await endpoint.close();
  });
  runInContext(await bundle(PROGRAM, { platform: "neutral", format: "iife" }), createContext(context));

  const rejoined = ["open", "joined true", "ada"];
  await vi.waitFor(() =>
    expect(notes).toEqual(expect.arrayContaining([...rejoined, "hello", "answered", "kept", "handled"])),
  );
  notes.length = 0;
  endpoint.broadcast("user", "disconnect", {});
  await vi.waitFor(() => expect(notes).toEqual([1001, ...rejoined]));
  notes.length = 0;
  context.end();
  await vi.waitFor(() => expect(notes).toEqual(expect.arrayContaining([1000, "disconnected"])));
});
