/** A socket's connection: opened, closed, kept up. The other end is a fake, and time is the test's. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LongPoll, Socket } from "@wingbeat/client";
import { fakeTransports, setUp, setUpJoined, setUpOpen, spy } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a new socket", () => {
  it("has the defaults of phoenix.js, and no connection", () => {
    const { socket } = setUp({ reconnectAfterMs: undefined, rejoinAfterMs: undefined, heartbeatIntervalMs: undefined });
    expect(socket.channels).toEqual([]);
    expect(socket.sendBuffer).toEqual([]);
    expect(socket.endPoint).toBe("ws://server/socket/websocket");
    expect(socket.timeout).toBe(10_000);
    expect(socket.options).toMatchObject({
      heartbeatIntervalMs: 30_000,
      longpollerTimeout: 20_000,
      binaryType: "arraybuffer",
      vsn: "2.0.0",
      maxBufferedPushes: 1000,
    });
    expect(socket.conn).toBeUndefined();
    expect(socket.isConnected()).toBe(false);
    expect(socket.hasLogger()).toBe(false);
  });

  it("takes other options, and ignores those that are undefined", () => {
    const { socket, server } = setUp({ timeout: 40, binaryType: "blob", longpollerTimeout: 50, vsn: undefined });
    socket.connect();
    expect(socket.timeout).toBe(40);
    expect(server()).toMatchObject({ binaryType: "blob", timeout: 50 });
    expect(server().url).toBe("ws://server/socket/websocket?vsn=2.0.0&wingbeat=1");
  });

  it("takes the WebSocket of the page when no transport is given", () => {
    const { Fake, made } = fakeTransports();
    vi.stubGlobal("WebSocket", Fake);
    const socket = new Socket("ws://server/socket");
    socket.connect();
    expect(socket.transport).toBe(Fake);
    expect(made).toHaveLength(1);
    socket.disconnect();
  });

  it("says what to do where there is no WebSocket", () => {
    vi.stubGlobal("WebSocket", undefined);
    expect(() => new Socket("ws://server/socket")).toThrow("no global WebSocket: pass the option transport");
  });

  it("logs to its logger, or to the console with debug", () => {
    const lines: unknown[][] = [];
    const { socket, server } = setUp({ logger: (...line) => lines.push(line) });
    socket.connect();
    server().open();
    socket.channel("room:1").join();
    server().reply("ok", { a: 1 });
    expect(lines.map(([kind, message]) => `${String(kind)}: ${String(message)}`)).toEqual([
      "transport: connected to ws://server/socket/websocket",
      "push: room:1 phx_join (1, 1)",
      "receive: ok room:1 phx_reply (1)",
    ]);
    expect(lines[2]?.[2]).toEqual({ status: "ok", response: { a: 1 } });
    const log = vi.spyOn(console, "log").mockReturnValue();
    setUpOpen({ debug: true });
    expect(log).toHaveBeenCalledWith("transport: connected to ws://server/socket/websocket", undefined);
  });
});

describe("connecting", () => {
  it("makes a transport with the address, and sets its callbacks", () => {
    const { socket, made, server } = setUp();
    socket.connect();
    expect(made).toHaveLength(1);
    expect(socket.conn).toBe(server());
    expect(server()).toMatchObject({ url: "ws://server/socket/websocket?vsn=2.0.0&wingbeat=1", protocols: undefined });
    for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      expect(server()[name]).toBeTypeOf("function");
    }
  });

  it("does nothing when a connection is there or on its way", () => {
    const { socket, made, server } = setUp();
    socket.connect();
    socket.connect();
    server().open();
    socket.connect();
    expect(made).toHaveLength(1);
    expect(server().closes).toEqual([]);
  });

  it("does not wait any longer when it is called during a pause", async () => {
    const { socket, made, server } = setUp({ reconnectAfterMs: () => 5000 });
    socket.connect();
    server().drop();
    socket.connect();
    expect(made).toHaveLength(2);
    server().open();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(made).toHaveLength(2);
  });

  it("throws for an address that cannot be used, and can be called again", () => {
    let params = () => ({ a: 1 });
    const { socket, made } = setUp({ params: () => params() });
    params = () => {
      throw new Error("no params");
    };
    expect(() => socket.connect()).toThrow("no params");
    expect(socket.connectionState()).toBe("closed");
    params = () => ({ a: 2 });
    socket.connect();
    expect(made).toHaveLength(1);
  });

  it("takes params that replace those of the constructor", () => {
    const { socket, server } = setUp({ params: { a: 1 } });
    socket.connect({ b: 2 });
    expect(server().url).toBe("ws://server/socket/websocket?b=2&vsn=2.0.0&wingbeat=1");
  });

  it("calls back when it is open, each callback once per connection", async () => {
    const { socket, server } = setUp();
    const opens = spy();
    socket.onOpen(opens);
    socket.connect();
    expect(opens).not.toHaveBeenCalled();
    server().open();
    server().drop();
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    expect(opens).toHaveBeenCalledTimes(2);
  });

  it("tells its state by the transport's, closed for one that it does not know", () => {
    const { socket, server } = setUp();
    expect(socket.connectionState()).toBe("closed");
    socket.connect();
    const states = [0, 1, 2, 3, 5678].map((readyState) => {
      server().readyState = readyState;
      return [socket.connectionState(), socket.isConnected()];
    });
    expect(states).toEqual([
      ["connecting", false],
      ["open", true],
      ["closing", false],
      ["closed", false],
      ["closed", false],
    ]);
  });
});

describe("a connection that is closed", () => {
  it.each([
    [1000, true],
    [1001, true],
    [1005, true],
    [1006, true],
    [1011, true],
    [1012, true],
    [1013, true],
    [4000, true],
  ])("by the server with %i: is it opened again? %s", async (code, again) => {
    const { socket, made, server } = setUpOpen();
    const closes = spy();
    socket.onClose(closes);
    server().drop(code, "why", true);
    expect(closes).toHaveBeenCalledWith({ code, reason: "why", wasClean: true });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made.length > 1).toBe(again);
  });

  it("by us is not opened again, whatever the code", async () => {
    const { socket, made, server } = setUpOpen();
    server().answersClose = false;
    socket.disconnect();
    server().drop(1001);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made).toHaveLength(1);
  });

  it("is opened again after growing pauses, the first one again after it has answered", async () => {
    const tries: number[] = [];
    const { socket, server } = setUp({ reconnectAfterMs: (count) => (tries.push(count), count * 10) });
    socket.connect();
    for (const pause of [10, 20, 30]) {
      server().fail();
      await vi.advanceTimersByTimeAsync(pause);
    }
    expect(tries).toEqual([1, 2, 3]);
    server().open();
    server().drop();
    expect(tries).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(40);
    server().open();
    socket.ping(() => {});
    server().reply();
    server().drop();
    expect(tries).toEqual([1, 2, 3, 4, 1]);
  });

  it("is opened again after it could not be made, also when there was a clean disconnect before", async () => {
    const { socket, made, server } = setUpOpen();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(150);
    socket.connect();
    server().fail();
    await vi.advanceTimersByTimeAsync(10);
    expect(made).toHaveLength(3);
  });

  it("is opened again when the transport's constructor throws", async () => {
    const { Fake, made } = fakeTransports();
    let broken = false;
    const Sometimes = class extends Fake {
      constructor(url: string) {
        if (broken) throw new SyntaxError("bad URL");
        super(url);
      }
    };
    const errors = spy();
    const { socket } = setUp({ transport: Sometimes });
    socket.onError(errors);
    socket.connect();
    broken = true;
    made[0]?.drop();
    await vi.advanceTimersByTimeAsync(10);
    expect(errors).toHaveBeenCalledWith(new SyntaxError("bad URL"), Sometimes, 0);
    broken = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(made).toHaveLength(2);
  });

  it("that fails tells onError the error, the transport and how often it was connected", async () => {
    const { socket, server } = setUp();
    const errors = spy();
    socket.onError(errors);
    socket.connect();
    const refused = new Error("refused");
    server().fail(refused);
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    server().error("later");
    expect(errors.mock.calls).toEqual([
      [refused, socket.transport, 0],
      ["later", socket.transport, 1],
    ]);
  });

  it("is not opened again when a callback disconnects", async () => {
    for (const on of ["onClose", "onError"] as const) {
      const { socket, made, server } = setUpOpen();
      socket[on](() => socket.disconnect());
      server().fail();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(made).toHaveLength(1);
    }
  });
});

describe("another transport", () => {
  it("is used by the next connection; the channels join again", async () => {
    const { socket, server, channel } = setUpJoined();
    const first = server();
    const { Fake, made } = fakeTransports();
    socket.replaceTransport(Fake);
    expect(channel.state).toBe("errored");
    socket.connect();
    made[0]?.open();
    expect(first.closes).toHaveLength(1);
    expect(made[0]?.last.slice(2, 4)).toEqual(["room:1", "phx_join"]);
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.isConnected()).toBe(true);
  });

  it("put in by an error callback before any connection leaves channels as they are", async () => {
    const { socket, server } = setUp();
    const { Fake, made } = fakeTransports();
    const channel = socket.channel("room:1");
    const errors = spy();
    channel.onError(errors);
    socket.onError(() => {
      socket.replaceTransport(Fake);
      socket.connect();
    });
    socket.connect();
    channel.join();
    server().fail();
    expect(channel.state).toBe("joining");
    expect(errors).not.toHaveBeenCalled();
    made[0]?.open();
    expect(made[0]?.last.slice(2, 4)).toEqual(["room:1", "phx_join"]);
  });

  it("may be long polling, which opens and closes like a WebSocket", async () => {
    const fetched: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      fetched.push(url);
      return new Promise(() => {});
    });
    const { socket } = setUp({ transport: LongPoll, longpollerTimeout: 500, authToken: "t" });
    socket.connect();
    socket.connect();
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.conn).toBeInstanceOf(LongPoll);
    expect(socket.conn).toMatchObject({ timeout: 500 });
    for (const name of ["onopen", "onmessage", "onerror", "onclose"] as const) {
      expect(socket.conn?.[name]).toBeTypeOf("function");
    }
    expect(fetched).toEqual(["http://server/socket/longpoll?vsn=2.0.0&wingbeat=1"]);
  });
});
