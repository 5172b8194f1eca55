/** @vitest-environment happy-dom */
/** The page around a socket: hidden, left, kept in the back-forward cache, offline. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeTransports, setUp, setUpOpen } from "../../test/fake-transport.ts";

const { window, document } = globalThis as unknown as {
  readonly window: EventTarget;
  readonly document: EventTarget & { readonly visibilityState: string };
};
let visibility: "visible" | "hidden";

beforeEach(() => {
  vi.useFakeTimers();
  visibility = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => visibility);
});
afterEach(() => void vi.useRealTimers());

function show(state: typeof visibility): void {
  visibility = state;
  document.dispatchEvent(new Event("visibilitychange"));
}
const onWindow = (type: string): unknown => window.dispatchEvent(new Event(type));

describe("a page that is hidden", () => {
  it("keeps its connection; when that is lost it is back within 20 to 40 s, spread at random", async () => {
    const pauses: number[] = [];
    for (let count = 0; count < 20; count++) {
      show("visible");
      const { made, server } = setUpOpen({ reconnectAfterMs: () => 500 });
      show("hidden");
      expect(server().closes).toEqual([]);
      server().drop();
      const start = Date.now();
      while (made.length === 1 && Date.now() - start < 60_000) await vi.advanceTimersByTimeAsync(100);
      pauses.push(Date.now() - start);
    }
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(20_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(40_100);
    expect(new Set(pauses).size).toBeGreaterThan(10);
  });

  it("comes back when hiddenReconnectAfterMs says so, no earlier than a visible one", async () => {
    const { made, server } = setUpOpen({ reconnectAfterMs: () => 500, hiddenReconnectAfterMs: () => 50 });
    show("hidden");
    server().drop();
    await vi.advanceTimersByTimeAsync(499);
    expect(made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(made).toHaveLength(2);
  });

  it("may wait until it is visible again, as with phoenix.js: then it connects at once", async () => {
    const { made, server } = setUpOpen({ hiddenReconnectAfterMs: () => Infinity });
    show("hidden");
    server().drop();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(made).toHaveLength(1);
    show("visible");
    expect(made).toHaveLength(2);
  });

  it("and seen again does not wait for the rest of a pause", async () => {
    const { made, server } = setUpOpen({ reconnectAfterMs: () => 5000 });
    server().drop();
    show("visible");
    expect(made).toHaveLength(2);
    server().open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made).toHaveLength(2);
  });

  it.each(["visibilitychange", "resume", "online"])("replaces an attempt that is stuck at %s, once", async (type) => {
    const { made, server, socket } = setUp();
    socket.connect();
    const wake = () => (type === "online" ? onWindow(type) : document.dispatchEvent(new Event(type)));
    wake();
    expect(made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    for (let count = 0; count < 3; count++) wake();
    expect(made).toHaveLength(2);
    server().open();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([made.length, made[0]?.closes.length, socket.isConnected()]).toEqual([2, 1, true]);
  });

  it("and seen again connects after a close of any code, as phoenix.js does", () => {
    const { made, server } = setUpOpen();
    server().drop(1000);
    show("visible");
    expect(made).toHaveLength(2);
  });

  it("and seen again asks at once whether its connection lives, and opens another when it does not", async () => {
    const { made, server } = setUpOpen({ timeout: 300, reconnectAfterMs: () => 5 });
    for (const visibility of ["hidden", "visible", "hidden"] as const) show(visibility);
    expect(server().sent).toEqual([[null, expect.any(String), "phoenix", "heartbeat", {}]]);
    // Looking away and back again gives it no more time.
    await vi.advanceTimersByTimeAsync(200);
    show("visible");
    await vi.advanceTimersByTimeAsync(110);
    expect(made).toHaveLength(2);
  });

  it("and seen again keeps a connection that answers", async () => {
    const { made, server } = setUpOpen({ timeout: 300 });
    for (const visibility of ["hidden", "visible"] as const) show(visibility);
    server().reply();
    await vi.advanceTimersByTimeAsync(1000);
    expect(made).toHaveLength(1);
  });

  it("and seen again opens no second connection", () => {
    const { made, socket } = setUpOpen();
    show("hidden");
    show("visible");
    expect([made.length, socket.isConnected()]).toEqual([1, true]);
  });

  it("and seen again does not connect a socket that was never connected", () => {
    const { made } = setUp();
    show("hidden");
    show("visible");
    expect(made).toEqual([]);
  });

  it("and seen again does not connect a socket whose transport was replaced, before connect", () => {
    const { made, socket } = setUpOpen();
    const other = fakeTransports();
    socket.replaceTransport(other.Fake);
    show("visible");
    expect([made.length, other.made.length]).toEqual([1, 0]);
  });

  it("and seen again does not connect a socket that was disconnected", async () => {
    const { made, socket } = setUpOpen();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(1000);
    show("visible");
    onWindow("online");
    onWindow("pageshow");
    await vi.advanceTimersByTimeAsync(1000);
    expect(made).toHaveLength(1);
  });
});

describe("a page that is left", () => {
  it("closes its connection, and opens one when it comes back", async () => {
    const { made, server, socket } = setUpOpen();
    const channel = socket.channel("room:1");
    channel.join();
    server().reply();
    onWindow("pagehide");
    await vi.advanceTimersByTimeAsync(60_000);
    expect([made.length, server().closes, socket.conn]).toEqual([1, [[undefined, undefined]], undefined]);
    onWindow("pageshow");
    expect(made).toHaveLength(2);
    server().open();
    expect(server().last.slice(2, 4)).toEqual(["room:1", "phx_join"]);
    onWindow("pageshow");
    expect(made).toHaveLength(2);
  });

  it("connects no socket that was disconnected meanwhile", async () => {
    const { made, socket } = setUpOpen();
    onWindow("pagehide");
    socket.disconnect();
    onWindow("pageshow");
    await vi.advanceTimersByTimeAsync(1000);
    expect(made).toHaveLength(1);
  });
});

describe("a network that is back", () => {
  it("ends the pause before a reconnect, on a page that is seen", () => {
    const { made, server } = setUpOpen({ reconnectAfterMs: () => 5000 });
    server().drop();
    visibility = "hidden";
    onWindow("online");
    expect(made).toHaveLength(1);
    visibility = "visible";
    onWindow("online");
    expect(made).toHaveLength(2);
    server().open();
    vi.advanceTimersByTime(60_000);
    expect(made).toHaveLength(2);
  });

  it("does not disturb params that are awaited", async () => {
    let asked = 0;
    const { made, socket } = setUp({ params: () => (asked++, Promise.resolve({})) });
    socket.connect();
    onWindow("online");
    await vi.advanceTimersByTimeAsync(10);
    expect([asked, made.length]).toEqual([1, 1]);
  });
});

describe("listeners on a page", () => {
  it("are there between connect and disconnect, once each, however often either is called", () => {
    const count = () => {
      const added = [window, document].map((target) => vi.spyOn(target, "addEventListener"));
      const removed = [window, document].map((target) => vi.spyOn(target, "removeEventListener"));
      return () =>
        [added, removed].map(
          (spies) => new Set(spies.flatMap(({ mock }) => mock.calls.map(([, listener]) => listener))),
        );
    };
    const listeners = count();
    const { socket } = setUp();
    expect(listeners()[0]?.size).toBe(0);
    socket.connect();
    socket.disconnect();
    socket.connect();
    socket.disconnect();
    const [added, removed] = listeners();
    // One for each connect.
    expect([added?.size, removed]).toEqual([2, added]);
  });
});
