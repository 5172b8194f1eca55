/** Delays that no timer of the platform can hold, and values that are no delays. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Socket } from "@wingbeat/client";
import type { SocketOptions } from "@wingbeat/client";
import { fakeTransports, reports, setUp, setUpJoined, setUpOpen, settled } from "../test/fake-transport.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY = 24 * 3600 * 1000;
const LONG = 30 * DAY;

describe("a delay of 30 days", () => {
  it("of a push is waited for, and no longer", async () => {
    const { channel } = setUpJoined({ heartbeatIntervalMs: Infinity });
    const outcome = settled(channel.push("say", {}, LONG));
    await vi.advanceTimersByTimeAsync(LONG - 1);
    expect(outcome.now).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect(outcome.now).toBe("timeout");
  });

  it("before a reconnect, a rejoin, a heartbeat and an end of connecting is not over early", async () => {
    const lost = setUpOpen({ reconnectAfterMs: () => LONG });
    lost.server().drop();
    const crashed = setUpJoined({ rejoinAfterMs: () => LONG, heartbeatIntervalMs: LONG });
    crashed.server().receive(null, null, "room:1", "phx_error", {});
    const connecting = setUp({ connectTimeout: LONG });
    connecting.socket.connect();
    const state = () => [lost.made.length, crashed.server().sent.length, connecting.made.length];
    await vi.advanceTimersByTimeAsync(LONG - 1000);
    expect(state()).toEqual([1, 1, 1]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(state()).toEqual([2, 3, 2]);
  });
});

describe("Infinity", () => {
  it("is never, everywhere", async () => {
    const { made, server, channel } = setUpJoined({
      timeout: Infinity,
      heartbeatIntervalMs: Infinity,
      reconnectAfterMs: () => Infinity,
      rejoinAfterMs: () => Infinity,
      longpollerTimeout: Infinity,
      longPollFallbackMs: undefined,
      maxBufferedPushes: Infinity,
    });
    const outcome = settled(channel.push("say"));
    await vi.advanceTimersByTimeAsync(60 * DAY);
    expect([outcome.now, server().sent.length]).toEqual(["pending", 2]);
    server().receive(null, null, "room:1", "phx_error", {});
    server().drop();
    await vi.advanceTimersByTimeAsync(60 * DAY);
    expect([made.length, channel.state]).toEqual([1, "errored"]);
  });
});

describe("what is no delay", () => {
  const names = [
    "timeout",
    "heartbeatIntervalMs",
    "connectTimeout",
    "longPollFallbackMs",
    "longpollerTimeout",
  ] as const;
  const { Fake } = fakeTransports();

  it.each(names)("is refused by name as option %s", (name) => {
    for (const value of [NaN, -1, -Infinity, "10", {}]) {
      const options = { transport: Fake, [name]: value } as SocketOptions;
      expect(() => new Socket("ws://server/socket", options)).toThrow(
        new RegExp(`^${name} must be a number from [01], or Infinity$`),
      );
    }
    expect(() => new Socket("ws://server/socket", { transport: Fake, [name]: undefined })).not.toThrow();
  });

  it("is refused as maxBufferedPushes, and so are options that must be functions", () => {
    expect(() => new Socket("ws://server/socket", { transport: Fake, maxBufferedPushes: NaN })).toThrow(
      "maxBufferedPushes must be a number",
    );
    for (const name of ["reconnectAfterMs", "rejoinAfterMs", "hiddenReconnectAfterMs", "rejoinRefused", "logger"]) {
      const options = { transport: Fake, [name]: 5000 } as SocketOptions;
      expect(() => new Socket("ws://server/socket", options)).toThrow(`${name} must be a function`);
    }
  });

  it("is refused by join and push, which leaves the channel as it was", () => {
    const { socket, channel } = setUpJoined();
    for (const timeout of [NaN, -1]) {
      expect(() => channel.push("say", {}, timeout)).toThrow("timeout must be a number from 0, or Infinity");
      expect(() => channel.push("say", {}, { timeout })).toThrow(RangeError);
      const other = socket.channel("room:2");
      expect(() => other.join({ timeout })).toThrow("timeout must be");
      other.join();
      expect(other.state).toBe("joining");
    }
  });

  it("is reported when a function returns it, or throws: the default pause is made", async () => {
    const absurd = [() => NaN, () => -5, () => undefined, () => "5", async () => 5];
    absurd.push(() => {
      throw new Error("in the function");
    });
    for (const reconnectAfterMs of absurd as (() => number)[]) {
      const errors = reports();
      const lines: string[] = [];
      const { made, server } = setUpOpen({ reconnectAfterMs, logger: (_kind, text) => lines.push(text) });
      for (let count = 0; count < 6; count++) {
        server().drop();
        await vi.advanceTimersByTimeAsync(9);
        // Never at once, whatever the function says: 10 ms is the first of the default's steps.
        expect(made).toHaveLength(count + 1);
        await vi.advanceTimersByTimeAsync(1500);
        expect(made).toHaveLength(count + 2);
        server().open();
      }
      expect(errors.length).toBeGreaterThanOrEqual(6);
      vi.restoreAllMocks();
    }
  });

  it("is reported when rejoinAfterMs returns it or rejoinRefused throws", async () => {
    const errors = reports();
    const { server, channel } = setUpJoined({
      rejoinAfterMs: () => NaN,
      rejoinRefused: () => {
        throw new Error("in rejoinRefused");
      },
    });
    server().receive(null, null, "room:1", "phx_error", {});
    await vi.advanceTimersByTimeAsync(2100);
    server().reply("error", { reason: "no" });
    await vi.advanceTimersByTimeAsync(3100);
    server().reply();
    expect([channel.state, errors.map(String)]).toEqual([
      "joined",
      [
        "RangeError: rejoinAfterMs(1) must be a number from 0, or Infinity",
        "Error: in rejoinRefused",
        "RangeError: rejoinAfterMs(2) must be a number from 0, or Infinity",
      ],
    ]);
  });
});
