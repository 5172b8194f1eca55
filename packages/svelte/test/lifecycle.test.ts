// @vitest-environment happy-dom
import { Socket } from "@wingbeat/client";
import { flushSync, mount, unmount } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeServer, settled } from "../../client/test/bindings/fake-server.ts";
import type { FakeServer } from "../../client/test/bindings/fake-server.ts";
import Lifecycle from "./Lifecycle.svelte";
import Watcher from "./Watcher.svelte";

interface Page {
  change(changes: { id?: string; shown?: boolean; unrelated?: number; anew?: boolean }): void;
}

/** Tests are compiled without the types of the DOM. */
const { body } = (globalThis as never as { readonly document: { readonly body: never } }).document;

let server: FakeServer;
let socket: Socket;
let seen: unknown[];
let page: Page | undefined;

const change = async (changes: Parameters<Page["change"]>[0]) => {
  flushSync(() => page?.change(changes));
  await settled();
};
const close = async () => {
  if (page !== undefined) await unmount(page);
  page = undefined;
  await settled();
};
const sent = () => server.log.splice(0);

beforeEach(async () => {
  [server, seen] = [fakeServer(), []];
  socket = new Socket("ws://server/socket", { transport: server.transport });
  page = mount(Lifecycle, { target: body, props: { socket, seen } }) as Page;
  flushSync();
  await settled();
  sent();
});
afterEach(close);

describe("a component", () => {
  it("is left without a trace when its block is destroyed, and its page", async () => {
    await change({ shown: false });
    expect(sent()).toEqual(["phx_leave room:1 {}"]);
    expect(socket.channels).toEqual([]);
    await close();
    expect(sent()).toEqual(["close"]);
  });

  it("that {#key} creates anew keeps the channel", async () => {
    const [channel] = socket.channels;
    await change({ anew: true });
    expect(sent()).toEqual(['joined room:1 {"id":"1"}']);
    expect(socket.channels).toEqual([channel]);
  });

  it("joins again for its topic only, not for what its getters read besides", async () => {
    await change({ unrelated: 1 });
    expect(sent()).toEqual([]);
    await change({ id: "2" });
    expect(sent().filter((line) => line.startsWith("phx_"))).toEqual([
      'phx_join room:2 {"since":1}',
      "phx_leave room:1 {}",
    ]);
  });

  it("runs an effect once for each channel, whatever else happens to it", async () => {
    expect(seen).toEqual([undefined, "room:1"]);
    socket.channels[0]?.push("anything");
    server.drop();
    await settled();
    expect(seen).toEqual([undefined, "room:1"]);
    await change({ id: "2" });
    expect(seen).toEqual([undefined, "room:1", undefined, "room:2"]);
  });

  it("pushes in an effect without depending on what the push reads", async () => {
    await change({ unrelated: 1 });
    await change({ unrelated: 2 });
    expect(sent()).toEqual([]);
  });

  it("is told when no socket is set above it", () => {
    const alone = () => mount(Watcher, { target: body, props: { id: "1", unrelated: 0, seen } });
    expect(alone).toThrow(/No socket is set: call setSocket\(\) of the same createHooks\(\)/);
  });
});
