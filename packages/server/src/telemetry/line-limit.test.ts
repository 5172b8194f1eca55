import { afterEach, beforeEach, expect, describe, it, vi } from "vitest";
import { emit } from "../telemetry.ts";
import { BYTES_PER_SECOND, LineLimit } from "./line-limit.ts";
import { startLogger } from "./logger.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A limit, and what it has said about lines that were left out. */
function limited(perSecond: number): { limit: LineLimit; told: string[] } {
  const told: string[] = [];
  return { limit: new LineLimit(perSecond, (kind, count) => void told.push(`${count} ${kind}`)), told };
}

describe("lines of one kind", () => {
  it("are limited in a second, and the others are counted", () => {
    const { limit, told } = limited(2);
    expect([1, 2, 3, 4].map(() => limit.take("a"))).toEqual([true, true, false, false]);
    expect(limit.take("b")).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["2 a"]);
    expect(limit.take("a")).toBe(true);
  });

  it("are limited in bytes, too", () => {
    const { limit, told } = limited(100);
    expect(limit.take("a")).toBe(true);
    limit.printed("a", () => BYTES_PER_SECOND - 1);
    expect(limit.take("a")).toBe(true);
    limit.printed("a", () => 1);
    expect(limit.take("a")).toBe(false);
    expect(limit.take("b")).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["1 a"]);
    expect(limit.take("a")).toBe(true);
  });

  it("are neither counted nor measured without a limit", () => {
    const { limit } = limited(Infinity);
    expect(limit.take("a")).toBe(true);
    limit.printed("a", () => expect.unreachable("it has been measured"));
    expect(limit.take("a")).toBe(true);
  });
});

describe("a log", () => {
  const endpoint = {};
  const source = { endpoint, path: "/socket", transport: "websocket", id: "1", topic: "room:1", pattern: "room:{id}" };
  const crash = { ...source, callback: "handleIn", event: "throw" } as const;

  it.each(["text", "structured"])("takes no more than so many bytes a second of long errors: %s", (kind) => {
    let bytes = 0;
    const count = (...parts: readonly unknown[]): void => {
      for (const part of parts) bytes += Buffer.byteLength(part instanceof Error ? String(part.stack) : String(part));
      const err = (parts[0] as { err?: Error }).err;
      bytes += err?.stack?.length ?? 0;
    };
    const sink = { debug: count, info: count, warn: count, error: count };
    const stop = startLogger(endpoint, kind === "text" ? { sink } : { structured: sink });
    for (let n = 0; n < 1_000; n++) emit("channel.crashed", { ...crash, error: new Error("é".repeat(900)) });
    stop();
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(BYTES_PER_SECOND + 10_000);
  });
});
