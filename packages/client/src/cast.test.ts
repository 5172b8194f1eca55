/** Casts: messages that nobody waits for. And the one that a server waits for without having pushed anything. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { setUp, setUpJoined, setUpOpen } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a cast", () => {
  it("is sent on a channel that has joined, without a ref", () => {
    const { server, channel } = setUpJoined();
    expect(channel.cast("cursor", { x: 1 })).toBe(true);
    expect(channel.cast("ping")).toBe(true);
    expect(server().sent.slice(1)).toEqual([
      ["1", null, "room:1", "cursor", { x: 1 }],
      ["1", null, "room:1", "ping", {}],
    ]);
  });

  it("has no timer, and uses up no ref", () => {
    const { socket, channel } = setUpJoined({ heartbeatIntervalMs: Infinity });
    const [timers, { ref }] = [vi.getTimerCount(), socket];
    channel.cast("cursor", { x: 1 });
    expect([vi.getTimerCount(), socket.ref]).toEqual([timers, ref]);
  });

  it("is dropped before the join, and while it is under way", () => {
    const { socket, server } = setUpOpen();
    const channel = socket.channel("room:1");
    expect(channel.cast("cursor", {})).toBe(false);
    channel.join();
    expect(channel.cast("cursor", {})).toBe(false);
    server().reply();
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join"]);
  });

  it("is dropped without a connection, and not sent when it is back", () => {
    const { socket, server, made, channel } = setUpJoined();
    server().drop();
    expect(channel.cast("cursor", {})).toBe(false);
    vi.advanceTimersByTime(10);
    server().open();
    server().reply();
    expect([made.length, channel.isJoined(), socket.sendBuffer.length]).toEqual([2, true, 0]);
    expect(server().sent.map(([, , , event]) => event)).toEqual(["phx_join"]);
  });

  it("is dropped when the channel has been left, or has crashed", () => {
    const { server, channel } = setUpJoined();
    server().receive("1", "1", "room:1", "phx_error", {});
    expect(channel.cast("cursor", {})).toBe(false);
    channel.leave();
    expect(channel.cast("cursor", {})).toBe(false);
  });

  it("is dropped on a socket that was never connected", () => {
    const channel = setUp().socket.channel("room:1");
    expect(channel.cast("cursor", {})).toBe(false);
  });

  it("throws for a payload that cannot be encoded", () => {
    const { channel } = setUpJoined();
    expect(() => channel.cast("cursor", { n: 1n })).toThrow(/1n|bigint/i);
  });
});

describe("a server that asks how far the client has read", () => {
  it("is answered at once, behind what the callbacks of earlier messages have sent", () => {
    const { server, channel } = setUpJoined();
    channel.on("news", () => channel.cast("seen"));
    server().receive(null, null, "room:1", "news", {});
    server().receive(null, null, "phoenix", "wb_ack", {});
    expect(server().sent.slice(1)).toEqual([
      ["1", null, "room:1", "seen", {}],
      [null, null, "phoenix", "wb_ack", {}],
    ]);
  });
});
