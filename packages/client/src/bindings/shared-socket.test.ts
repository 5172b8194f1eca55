import { Socket } from "@wingbeat/client";
import { SharedSocket, paramsKey } from "@wingbeat/client/bindings";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakeServer, settled } from "../../test/bindings/fake-server.ts";
import type { FakeServer } from "../../test/bindings/fake-server.ts";

let server: FakeServer;
let shared: SharedSocket;
let disconnect: () => void;

beforeEach(async () => {
  server = fakeServer();
  shared = new SharedSocket(
    new Socket("ws://server/socket", { transport: server.transport, reconnectAfterMs: () => 0 }),
  );
  disconnect = shared.connect();
  await settled();
  server.log.length = 0;
});

const take = (params?: unknown, changed = () => {}) =>
  shared.takeChannel("room:1", { key: paramsKey(params), params: () => params, changed });
const look = (params?: unknown) => shared.channelSnapshot("room:1", paramsKey(params));

describe("a topic", () => {
  it("is joined once for all that take it, and left after the last has let go", async () => {
    const releases = [take(), take()];
    await settled();
    expect(look().state).toBe("joined");
    releases[0]?.();
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}"]);
    releases[1]?.();
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}", "phx_leave room:1 {}"]);
    expect(shared.socket.channels).toEqual([]);
  });

  it("is not joined at all when nobody keeps it", async () => {
    take()();
    await settled();
    expect(server.log).toEqual([]);
  });

  it("stays joined when it is let go and taken again at once, or a microtask later", async () => {
    take()();
    let release = take();
    await settled();
    release();
    release = take();
    await Promise.resolve();
    release();
    await Promise.resolve();
    take();
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}"]);
  });

  it("is shared by those who take it while others are still letting go", async () => {
    const releases = [take(), take()];
    await settled();
    releases[0]?.();
    setTimeout(() => take());
    releases[1]?.();
    await settled();
    take();
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}", "phx_leave room:1 {}", "phx_join room:1 {}"]);
    expect(shared.socket.channels).toHaveLength(1);
  });

  it("is let go once only by one that lets go twice", async () => {
    const release = take();
    take();
    release();
    release();
    await settled();
    expect(look().state).toBe("joined");
  });

  it("tells those who hold it of every change, and nobody else", async () => {
    const changed = vi.fn<(...args: unknown[]) => void>();
    const gone = vi.fn<(...args: unknown[]) => void>();
    take({}, gone)();
    take({}, () => changed(look({}).state));
    await settled();
    expect(changed.mock.calls.flat()).toEqual(["joining", "joined"]);
    server.drop();
    await settled();
    await vi.waitFor(() => expect(changed.mock.calls.flat().slice(2)).toEqual(["errored", "joining", "joined"]));
    expect(gone).not.toHaveBeenCalled();
  });

  it("keeps the same snapshot for as long as nothing changes", async () => {
    take();
    await settled();
    expect(look()).toBe(look());
    expect(look(undefined)).toMatchObject({ reply: {}, error: undefined });
  });
});

describe("params", () => {
  it("of any component are taken when the others have none, also those that came first", async () => {
    take();
    take({ since: 1 });
    take();
    await settled();
    expect(server.log).toEqual(['phx_join room:1 {"since":1}']);
    expect(look()).toBe(look({ since: 1 }));
  });

  it("that come later make a channel without any join again", async () => {
    take();
    await settled();
    take({ since: 1 });
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}", "phx_leave room:1 {}", 'phx_join room:1 {"since":1}']);
    expect(look().state).toBe("joined");
  });

  it("stay when only components without any are left", async () => {
    const release = take({ since: 1 });
    take();
    await settled();
    release();
    await settled();
    expect(server.log).toEqual(['phx_join room:1 {"since":1}']);
    expect(look().state).toBe("joined");
    server.drop();
    await vi.waitFor(() => expect(look().state).toBe("joined"));
    expect(server.log.at(-1)).toBe('phx_join room:1 {"since":1}');
  });

  it("that differ from those of another component are refused for as long as that one is there", async () => {
    const changed = vi.fn<(...args: unknown[]) => void>();
    const release = take({ since: 1 });
    await settled();
    take({ since: 2 }, changed);
    await settled();
    expect(server.log).toEqual(['phx_join room:1 {"since":1}']);
    expect(look({ since: 2 })).toMatchObject({ channel: null, state: "errored", error: { reason: "refused" } });
    expect(look({ since: 2 }).error?.message).toMatch(/another component .* other params/);
    expect(look({ since: 1 }).state).toBe("joined");

    release();
    await settled();
    expect(look({ since: 2 }).state).toBe("joined");
    expect(changed).toHaveBeenCalled();
    expect(server.log.slice(1)).toEqual(["phx_leave room:1 {}", 'phx_join room:1 {"since":2}']);
  });

  it("of a component that is about to change its own are no conflict", async () => {
    const release = take({ since: 1 });
    await settled();
    expect(look({ since: 2 }).state).toBe("joining");
    release();
    take({ since: 2 });
    expect(look({ since: 2 }).state).toBe("joining");
    await settled();
    expect(server.log.slice(1)).toEqual(["phx_leave room:1 {}", 'phx_join room:1 {"since":2}']);
  });

  it("are asked of somebody who is still there when the channel joins again", async () => {
    let seen = 0;
    const takeCounting = (since: number) =>
      shared.takeChannel("room:1", { key: "function", params: () => ({ since, seen: ++seen }), changed: () => {} });
    const release = takeCounting(1);
    takeCounting(2);
    await settled();
    release();
    server.drop();
    await vi.waitFor(() => expect(look().state).toBe("joined"));
    expect(server.log.filter((line) => line.startsWith("phx_join"))).toEqual([
      'phx_join room:1 {"since":1,"seen":1}',
      'phx_join room:1 {"since":2,"seen":2}',
    ]);
  });
});

it("a params function that throws is an error of the join", async () => {
  const params = () => {
    throw new Error("no params");
  };
  shared.takeChannel("room:1", { key: "function", params, changed: () => {} });
  await settled();
  expect(look()).toMatchObject({ state: "errored", error: { reason: "refused" } });
});

describe("a push", () => {
  it("joins the topic first when that is about to happen", async () => {
    take();
    await expect(shared.push("room:1", undefined, "shout", { loud: true })).resolves.toEqual({ loud: true });
    expect(server.log).toEqual(["phx_join room:1 {}", 'shout room:1 {"loud":true}']);
  });

  it("fails as closed without a channel", async () => {
    const closed = { name: "PushError", reason: "closed", event: "shout" };
    await expect(shared.push("room:1", undefined, "shout")).rejects.toMatchObject({ ...closed, topic: "room:1" });
    await expect(shared.push(null, undefined, "shout")).rejects.toMatchObject(closed);
  });
});

describe("the connection", () => {
  it("stays when a provider is replaced by another at once", async () => {
    disconnect();
    disconnect = shared.connect();
    await settled();
    expect(server.log).toEqual([]);
    expect(shared.snapshot.status).toBe("open");
  });

  it("is closed after the last provider is gone, when the topics that nobody holds have been left", async () => {
    const release = take();
    await settled();
    disconnect();
    release();
    await settled();
    expect(server.log).toEqual(["phx_join room:1 {}", "phx_leave room:1 {}", "close"]);
  });

  it("reconnects after a loss, whatever the server said, and not after disconnect()", async () => {
    const seen: string[] = [];
    shared.subscribe(() => seen.push(shared.snapshot.status));
    server.drop();
    await vi.waitFor(() => expect(seen).toEqual(["reconnecting", "open"]));
    server.drop(1000);
    await vi.waitFor(() => expect(seen).toEqual(["reconnecting", "open", "reconnecting", "open"]));
    shared.socket.disconnect();
    await vi.waitFor(() => expect(seen.slice(4)).toEqual(["closed"]));
    shared.socket.connect();
    await vi.waitFor(() => expect(shared.snapshot.status).toBe("open"));
  });

  it("of a socket that is connected already is open from the start", () => {
    const another = new SharedSocket(shared.socket);
    expect(another.snapshot.status).toBe("connecting");
    another.connect();
    expect(another.snapshot.status).toBe("open");
  });
});
