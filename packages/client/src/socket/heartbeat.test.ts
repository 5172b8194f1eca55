/** Heartbeats and pings over a fake connection. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp, setUpJoined, setUpOpen, spy } from "../../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const HEARTBEAT = [null, expect.any(String), "phoenix", "heartbeat", {}];

describe("a heartbeat", () => {
  it("goes out an interval after the connection has opened, and an interval after each answer", async () => {
    const { server } = setUpOpen({ heartbeatIntervalMs: 1000 });
    await vi.advanceTimersByTimeAsync(999);
    expect(server().sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(server().sent).toEqual([HEARTBEAT]);
    await vi.advanceTimersByTimeAsync(600);
    server().reply();
    await vi.advanceTimersByTimeAsync(999);
    expect(server().sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(server().sent).toEqual([HEARTBEAT, HEARTBEAT]);
  });

  it("that is not answered within an interval closes the connection, and the socket comes back", async () => {
    const { socket, made, server, channel } = setUpJoined({ heartbeatIntervalMs: 1000 });
    server().answersClose = false;
    const calls: unknown[] = [];
    channel.onError((reason) => calls.push(reason));
    socket.onClose(({ code, reason, wasClean }) => calls.push([code, reason, wasClean]));
    socket.onOpen(() => calls.push("open"));
    await vi.advanceTimersByTimeAsync(2000);
    expect(made[0]?.closes).toEqual([[1000, "heartbeat timeout"]]);
    await vi.advanceTimersByTimeAsync(10);
    server().open();
    // The old connection is half open: its own end comes much later.
    await vi.advanceTimersByTimeAsync(900);
    made[0]?.drop(1006);
    expect(calls).toEqual([
      { source: "transport", reason: "heartbeat_timeout" },
      [1006, "heartbeat timeout", false],
      "open",
    ]);
    expect(server().sent[0]?.slice(2, 4)).toEqual(["room:1", "phx_join"]);
  });

  it("is waited for as long as other messages come, and not in silence", async () => {
    const { made, server } = setUpOpen({ heartbeatIntervalMs: 1000 });
    await vi.advanceTimersByTimeAsync(1000);
    for (let count = 0; count < 5; count++) {
      await vi.advanceTimersByTimeAsync(999);
      server().receive(null, null, "room:1", "news", {});
    }
    expect([made.length, server().sent.length]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(1990);
    expect(made).toHaveLength(2);
  });

  it("is waited for as long as what was sent is leaving, also while more is sent", async () => {
    const { made, server, channel } = setUpJoined({ heartbeatIntervalMs: 1000 });
    const [transport] = made;
    if (transport === undefined) throw new Error("no transport");
    transport.bufferedAmount = 100_000;
    await vi.advanceTimersByTimeAsync(1000);
    for (let count = 0; count < 5; count++) {
      transport.bufferedAmount -= 1000;
      channel.push("part", {});
      transport.bufferedAmount += 5000;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect([made.length, server().last[3]]).toEqual([1, "part"]);
    await vi.advanceTimersByTimeAsync(2010);
    expect(made).toHaveLength(2);
  });

  it("behind an upload that has left, but not arrived, gets the time that a line of 32 kB/s needs", async () => {
    const { made, server, channel } = setUpJoined({ heartbeatIntervalMs: 1000 });
    channel.push("part", { text: "x".repeat(320_000) });
    await vi.advanceTimersByTimeAsync(10_900);
    expect(made).toHaveLength(1);
    server().reply();
    // That has arrived: the next heartbeat has its interval again.
    await vi.advanceTimersByTimeAsync(2010);
    expect(made).toHaveLength(2);
  });

  it("whose time was up while the machine slept gets one more try, as its answer may wait to be read", async () => {
    const { made } = setUpOpen({ heartbeatIntervalMs: 1000, timeout: 300 });
    await vi.advanceTimersByTimeAsync(1500);
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(799);
    expect(made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(made).toHaveLength(2);
  });

  it("is not sent when there is no connection, and not kept for the next one", async () => {
    const { socket, server } = setUpOpen({ heartbeatIntervalMs: 1000, reconnectAfterMs: () => 5000 });
    server().readyState = 2;
    await vi.advanceTimersByTimeAsync(1000);
    expect([server().sent, socket.sendBuffer]).toEqual([[], []]);
    server().drop();
    await vi.advanceTimersByTimeAsync(4999);
    expect([server().sent, socket.sendBuffer]).toEqual([[], []]);
  });

  it("finds a connection that never ends its closing", async () => {
    const { made, server } = setUpOpen({ heartbeatIntervalMs: 1000 });
    server().readyState = 2;
    await vi.advanceTimersByTimeAsync(2010);
    expect(made).toHaveLength(2);
  });

  it("that is late because the machine has slept is not waited for longer than a push", async () => {
    const { made, server } = setUpOpen({ heartbeatIntervalMs: 1000, timeout: 300 });
    await vi.advanceTimersByTimeAsync(500);
    vi.setSystemTime(Date.now() + 60_000);
    await vi.advanceTimersByTimeAsync(500);
    expect(server().sent).toEqual([HEARTBEAT]);
    await vi.advanceTimersByTimeAsync(299);
    expect(made).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(11);
    expect(made).toHaveLength(2);
  });

  it("is neither sent nor missed after a disconnect", async () => {
    const { socket, made, server } = setUpOpen({ heartbeatIntervalMs: 1000 });
    socket.disconnect();
    await vi.advanceTimersByTimeAsync(5000);
    const later = setUpOpen({ heartbeatIntervalMs: 1000 });
    await vi.advanceTimersByTimeAsync(1000);
    later.socket.disconnect();
    await vi.advanceTimersByTimeAsync(5000);
    expect([server().sent.length, made.length, later.made.length]).toEqual([0, 1, 1]);
    expect(later.server().closes).toEqual([[undefined, undefined]]);
  });

  it("is not needed by a transport that notices the end by itself", async () => {
    const { socket, made, server } = setUp({ heartbeatIntervalMs: 1000 });
    socket.connect();
    Object.assign(server(), { skipHeartbeat: true });
    server().open();
    await vi.advanceTimersByTimeAsync(5000);
    expect([made.length, server().sent, server().closes]).toEqual([1, [], []]);
  });
});

describe("a ping", () => {
  it("asks for a sign of life and calls back with the milliseconds that it took, once", async () => {
    const { socket, server } = setUpOpen();
    const pong = spy();
    expect(socket.ping(pong)).toBe(true);
    expect(server().sent).toEqual([HEARTBEAT]);
    await vi.advanceTimersByTimeAsync(25);
    server().receive(null, "77", "phoenix", "phx_reply", { status: "ok", response: {} });
    expect(pong).not.toHaveBeenCalled();
    server().reply();
    server().reply();
    expect(pong.mock.calls).toEqual([[25]]);
  });

  it("is false, and does nothing, without a connection", () => {
    const { socket } = setUp();
    const pong = spy();
    expect(socket.ping(pong)).toBe(false);
    socket.connect();
    expect(socket.ping(pong)).toBe(false);
    expect(socket.sendBuffer).toEqual([]);
  });
});
