/** Ending a connection for good, at any time of its life. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp, setUpOpen, spy } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("disconnecting", () => {
  it("closes the transport with the code and the reason, and forgets it", async () => {
    const { socket, server } = setUpOpen();
    socket.disconnect(undefined, 4000, "bye");
    await vi.advanceTimersByTimeAsync(0);
    expect(server().closes).toEqual([[4000, "bye"]]);
    expect(socket.conn).toBeUndefined();
  });

  it("gives a transport no code when there is none", async () => {
    const { socket, server } = setUpOpen();
    socket.disconnect();
    expect(server().closes).toEqual([[undefined, undefined]]);
  });

  it("calls back when the connection is closed", async () => {
    const { socket, server } = setUpOpen();
    const done = vi.fn<() => void>(() => expect(server().readyState).toBe(3));
    socket.disconnect(done);
    expect(done).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(150);
    expect(done).toHaveBeenCalledOnce();
  });

  it("calls back at once when there is no connection, and needs no callback", () => {
    const { socket } = setUp();
    const done = spy();
    socket.disconnect(done);
    expect(done).toHaveBeenCalledOnce();
    expect(() => socket.disconnect()).not.toThrow();
  });

  it("tells onClose what the transport said", async () => {
    const { socket } = setUpOpen();
    const closes = spy();
    socket.onClose(closes);
    socket.disconnect(undefined, 1000, "done");
    await vi.advanceTimersByTimeAsync(0);
    expect(closes.mock.calls).toEqual([[{ code: 1000, reason: "done", wasClean: true }]]);
  });

  it("waits up to 1.5 s for what is still to be sent", async () => {
    const { socket, server } = setUpOpen();
    server().bufferedAmount = 10;
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(300);
    expect(server().closes).toEqual([]);
    server().bufferedAmount = 0;
    await vi.advanceTimersByTimeAsync(150);
    expect(server().closes).toHaveLength(1);
    const stuck = setUpOpen();
    stuck.server().bufferedAmount = 10;
    stuck.socket.disconnect();
    await vi.advanceTimersByTimeAsync(1499);
    expect(stuck.server().closes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(stuck.server().closes).toHaveLength(1);
  });

  it("is over after 1.5 s when nobody answers the close", async () => {
    const { socket, server } = setUpOpen();
    server().answersClose = false;
    const [done, closes] = [spy(), spy()];
    socket.onClose(closes);
    socket.disconnect(done);
    await vi.advanceTimersByTimeAsync(1499);
    expect([done.mock.calls.length, closes.mock.calls.length]).toEqual([0, 0]);
    await vi.advanceTimersByTimeAsync(1);
    expect(closes.mock.calls).toEqual([[{ code: 1006, reason: "no closing handshake", wasClean: false }]]);
    expect(done).toHaveBeenCalledOnce();
    server().drop(1000);
    expect(closes).toHaveBeenCalledOnce();
  });

  it("may be called twice: both callbacks are called, onClose once", async () => {
    const { socket, server } = setUpOpen();
    const calls: string[] = [];
    socket.onClose(() => calls.push("closed"));
    socket.disconnect(() => calls.push("first"));
    socket.disconnect(() => calls.push("second"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(calls).toEqual(["closed", "first", "second"]);
    expect(server().closes).toHaveLength(1);
    socket.disconnect(() => calls.push("third"));
    expect(calls.at(-1)).toBe("third");
  });

  it("may be called while it connects: nothing is connected, now or later", async () => {
    const { socket, made, server } = setUp();
    const opens = spy();
    socket.onOpen(opens);
    socket.connect();
    const done = spy();
    socket.disconnect(done);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(server().closes).toHaveLength(1);
    expect([made.length, opens.mock.calls.length, done.mock.calls.length]).toEqual([1, 0, 1]);
  });

  it("and connecting in the same turn closes the old connection and opens another, in this order for its callbacks", async () => {
    const { socket, made, server } = setUpOpen();
    const calls: string[] = [];
    socket.onOpen(() => calls.push("open"));
    socket.onClose(() => calls.push("close"));
    socket.disconnect();
    socket.connect();
    expect(made).toHaveLength(2);
    expect(made[0]?.closes).toHaveLength(1);
    server().open();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(calls).toEqual(["close", "open"]);
    expect(made).toHaveLength(2);
    expect(socket.isConnected()).toBe(true);
    made[0]?.receive(null, null, "room:1", "late", {});
  });

  it("and connecting from onClose makes one connection", async () => {
    const { socket, made, server } = setUpOpen();
    const off = socket.onClose(() => (off(), socket.connect()));
    socket.disconnect();
    socket.connect();
    expect(made).toHaveLength(2);
    server().open();
    expect(socket.isConnected()).toBe(true);
  });

  it("closes the old connection when it is half open and connect follows", async () => {
    const { socket, made, server } = setUpOpen();
    server().answersClose = false;
    server().bufferedAmount = 10;
    socket.disconnect();
    socket.connect();
    server().open();
    await vi.advanceTimersByTimeAsync(3000);
    expect(made[0]?.closes).toHaveLength(1);
    expect(socket.isConnected()).toBe(true);
  });

  it("stops a pause before a reconnect, and heartbeats", async () => {
    const { socket, made, server } = setUpOpen({ reconnectAfterMs: () => 500 });
    server().drop();
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(made).toHaveLength(1);
    socket.connect();
    server().open();
    server().answersClose = false;
    socket.disconnect();
    server().readyState = 1;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server().sent).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
