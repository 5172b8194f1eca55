/** From WebSocket to long polling: when, how, and what is remembered. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LongPoll } from "@wingbeat/client";
import { FakeTransport, setUp } from "../../test/fake-transport.ts";
import type { Setup } from "../../test/fake-transport.ts";

const KEY = "phx:fallback:LongPoll";
const SESSION = '{"messages":[],"status":410,"token":"t"}';

let stored: Map<string, string>;
let polls: string[];
/** The server answers; what it was posted is answered in the next poll. */
let isUp: boolean;

/** A server that gives a long-polling session, lets polls wait for messages, and answers heartbeats. */
beforeEach(() => {
  vi.useFakeTimers();
  const fetched: string[] = [];
  [stored, polls, isUp] = [new Map(), fetched, true];
  let answer: (messages: string[]) => void = () => {};
  vi.stubGlobal("sessionStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
  vi.stubGlobal("fetch", (url: string, { method, body }: { readonly method: string; readonly body?: string }) => {
    if (!isUp) return Promise.reject(new TypeError("fetch failed"));
    fetched.push(url);
    if (!url.includes("token=")) return Promise.resolve(new Response(SESSION));
    if (method === "GET") {
      return new Promise((resolve) => {
        answer = (messages) => resolve(new Response(JSON.stringify({ status: 200, token: "t", messages })));
      });
    }
    const pongs = (body ?? "").split("\n").flatMap((line) => {
      const [joinRef, ref, topic, event] = JSON.parse(line) as unknown[];
      const reply = { status: "ok", response: {} };
      return event === "heartbeat" ? [JSON.stringify([joinRef, ref, topic, "phx_reply", reply])] : [];
    });
    if (pongs.length > 0) answer(pongs);
    return Promise.resolve(new Response('{"status":200}'));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** How many long-poll sessions were asked for. Earlier tests may still say goodbye in theirs. */
const sessions = () => polls.filter((url) => !url.includes("token=")).length;

/** Connects; resolves when the code of the fallback is loaded. */
async function connect(options: Parameters<typeof setUp>[0] = {}): Promise<Setup> {
  const setup = setUp({ longPollFallbackMs: 500, ...options });
  setup.socket.connect();
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(0);
  return setup;
}

describe("falling back to long polling", () => {
  it("happens when the first transport fails, with the same params", async () => {
    const { socket, made, server } = await connect({ params: { a: 1 } });
    expect([made.length, socket.transport === LongPoll]).toEqual([1, false]);
    server().fail();
    await vi.advanceTimersByTimeAsync(30);
    expect(socket.transport).toBe(LongPoll);
    expect(socket.isConnected()).toBe(true);
    expect(polls[0]).toBe("http://server/socket/longpoll?a=1&vsn=2.0.0&wingbeat=1");
    expect(stored.get(KEY)).toBe("true");
  });

  it("happens when there is no connection in time", async () => {
    const { socket, server } = await connect();
    await vi.advanceTimersByTimeAsync(499);
    expect(socket.transport).not.toBe(LongPoll);
    await vi.advanceTimersByTimeAsync(20);
    expect(server().closes).toHaveLength(1);
    expect([socket.transport, socket.isConnected()]).toEqual([LongPoll, true]);
  });

  it("happens when the connection opens and nothing gets through; channels that were joining join again", async () => {
    const { socket, server } = await connect();
    const channel = socket.channel("room:1");
    channel.join();
    server().open();
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join", "heartbeat"]);
    await vi.advanceTimersByTimeAsync(520);
    expect([socket.transport, channel.state]).toEqual([LongPoll, "joining"]);
    expect(polls.length).toBeGreaterThan(2);
  });

  it("does not happen when the server answers in time", async () => {
    const { socket, server } = await connect();
    server().open();
    await vi.advanceTimersByTimeAsync(400);
    server().reply();
    await vi.advanceTimersByTimeAsync(5000);
    expect([socket.transport === LongPoll, stored.size, sessions()]).toEqual([false, 0, 0]);
  });

  it("does not happen to a socket that is disconnected before", async () => {
    const { socket, made } = await connect();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(5000);
    expect([socket.transport === LongPoll, made.length, polls.length, socket.conn]).toEqual([false, 1, 0, undefined]);
    const early = setUp({ longPollFallbackMs: 500 });
    early.socket.connect();
    early.socket.disconnect();
    await vi.dynamicImportSettled();
    await vi.advanceTimersByTimeAsync(5000);
    expect([early.made.length, polls.length]).toEqual([0, 0]);
  });

  it("is remembered for the session, so that the next page does not try", async () => {
    stored.set(KEY, "true");
    const { socket, made } = await connect();
    expect([made.length, socket.transport]).toEqual([0, LongPoll]);
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.isConnected()).toBe(true);
  });

  it("is not remembered when WebSockets were seen to work: the server was down for a while", async () => {
    const { socket, made, server } = await connect({ reconnectAfterMs: () => 2000 });
    server().open();
    server().reply();
    server().drop();
    await vi.advanceTimersByTimeAsync(2000);
    expect(made).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(600);
    expect([socket.transport, socket.isConnected(), stored.size]).toEqual([LongPoll, true, 0]);
  });

  it("does not happen at an error of a socket that was connected before", async () => {
    const { socket, made, server } = await connect();
    server().open();
    server().reply();
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().fail();
    await vi.advanceTimersByTimeAsync(10);
    expect([socket.transport === LongPoll, made.length]).toEqual([false, 3]);
  });

  it("stays with long polling when that is lost and comes back", async () => {
    const { socket, made, server } = await connect();
    server().fail();
    await vi.advanceTimersByTimeAsync(30);
    const before = polls.length;
    socket.conn?.close(4000);
    await vi.advanceTimersByTimeAsync(30);
    expect([socket.isConnected(), made.length]).toEqual([true, 1]);
    expect(polls.length).toBeGreaterThan(before);
  });

  it("happens when a connection opens and ends before anything was delivered, whatever the close says", async () => {
    for (const end of [() => {}, (server: FakeTransport) => server.error("proxy")]) {
      const { socket, made, server } = await connect();
      server().open();
      end(server());
      server().drop(1000, "bye", true);
      await vi.advanceTimersByTimeAsync(30);
      expect([socket.transport, socket.isConnected(), made.length]).toEqual([LongPoll, true, 1]);
      expect(stored.get(KEY)).toBe("true");
      stored.clear();
    }
  });

  it("is taken back when long polling delivers nothing either: the server is down, and nothing is remembered", async () => {
    isUp = false;
    const { socket, made, server } = await connect({ reconnectAfterMs: () => 50 });
    for (let tries = 1; tries <= 4; tries++) {
      expect([made.length, socket.transport === LongPoll]).toEqual([tries, false]);
      server().fail();
      await vi.advanceTimersByTimeAsync(60);
    }
    isUp = true;
    server().open();
    server().reply();
    await vi.advanceTimersByTimeAsync(5000);
    expect([socket.transport === LongPoll, socket.isConnected(), stored.size, sessions()]).toEqual([false, true, 0, 0]);
  });

  it("lets the pauses grow while neither transport gets through", async () => {
    isUp = false;
    const tries: number[] = [];
    const { server } = await connect({ reconnectAfterMs: (count) => (tries.push(count), 10) });
    for (let count = 0; count < 4; count++) {
      server().fail();
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(tries).toEqual([1, 2, 3, 4]);
  });

  it("lasts until long polling is lost, where WebSockets were seen to work", async () => {
    const { socket, made, server } = await connect({ reconnectAfterMs: () => 10 });
    server().open();
    server().reply();
    // Another network: three connections in a row deliver nothing.
    for (let count = 1; count <= 3; count++) {
      expect([made.length, socket.transport === LongPoll]).toEqual([count, false]);
      server().drop();
      await vi.advanceTimersByTimeAsync(15);
    }
    server().drop();
    await vi.advanceTimersByTimeAsync(30);
    expect([socket.transport, socket.isConnected(), stored.size]).toEqual([LongPoll, true, 0]);
    socket.conn?.close(4000);
    await vi.advanceTimersByTimeAsync(15);
    expect([socket.transport === LongPoll, made.length]).toEqual([false, 5]);
  });

  it("that is remembered is forgotten once WebSockets deliver", async () => {
    stored.set(KEY, "true");
    isUp = false;
    const { socket, made, server } = await connect();
    expect(made).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(20);
    expect([made.length, socket.transport === LongPoll]).toEqual([1, false]);
    server().open();
    server().reply();
    expect(stored.size).toBe(0);
  });

  it("does not depend on a storage that works", async () => {
    const broken = () => {
      throw new Error("quota exceeded");
    };
    const sessionStorage = { getItem: broken, setItem: broken, removeItem: broken };
    const { socket, server } = await connect({ sessionStorage });
    server().fail();
    await vi.advanceTimersByTimeAsync(30);
    expect(socket.isConnected()).toBe(true);
  });

  it("also happens when the transport's constructor throws", async () => {
    const Forbidden = class extends FakeTransport {
      constructor(url: string) {
        super(url);
        throw new Error("blocked by the content security policy");
      }
    };
    const { socket } = await connect({ transport: Forbidden });
    await vi.advanceTimersByTimeAsync(30);
    expect([socket.transport, socket.isConnected()]).toEqual([LongPoll, true]);
  });

  it("remembers in a storage that is given", async () => {
    const own = new Map<string, string>();
    const sessionStorage = { getItem: (key: string) => own.get(key) ?? null, setItem: own.set.bind(own) };
    const { server } = await connect({ sessionStorage });
    server().fail();
    await vi.advanceTimersByTimeAsync(30);
    expect([own.get(KEY), stored.size]).toEqual(["true", 0]);
  });

  it("works on a page that may not store anything", async () => {
    vi.stubGlobal("sessionStorage", undefined);
    const own = Object.getOwnPropertyDescriptor(globalThis, "sessionStorage");
    Object.defineProperty(globalThis, "sessionStorage", {
      configurable: true,
      get() {
        throw new Error("access is denied");
      },
    });
    const { socket, server } = await connect();
    server().fail();
    await vi.advanceTimersByTimeAsync(10);
    Object.defineProperty(globalThis, "sessionStorage", own as PropertyDescriptor);
    expect(socket.isConnected()).toBe(true);
  });

  it("is off unless longPollFallbackMs is given", async () => {
    stored.set(KEY, "true");
    const { socket, made, server } = await connect({ longPollFallbackMs: undefined });
    server().fail();
    await vi.advanceTimersByTimeAsync(5000);
    expect([socket.transport === LongPoll, sessions(), made.length > 1]).toEqual([false, 0, true]);
  });
});
