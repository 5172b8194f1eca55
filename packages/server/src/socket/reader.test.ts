import { performance } from "node:perf_hooks";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Reader } from "./reader.ts";

/** Frames are numbers as text; what is handled is noted. */
function setUp(bytesPerSecond = Infinity) {
  const log: string[] = [];
  const connection = {
    transport: "test",
    bufferedBytes: 0,
    send: () => {},
    onWritable: () => {},
    close: () => {},
    pause: () => void log.push("pause"),
    resume: () => void log.push("resume"),
  };
  const throttled = vi.fn<(bytesPerSecond: number, waitMs: number) => void>();
  const handle = vi.fn<(data: unknown) => void>((data) => void log.push(data as string));
  const reader = new (class extends Reader {
    override readonly connection = connection;
    override readonly bytesPerSecond = bytesPerSecond;
    override readonly handle = handle;
    override readonly throttled = throttled;
    override readonly stop = super.stop;
    override readonly start = super.start;
    override readonly endReading = super.endReading;
  })();
  return { log, throttled, handle, reader };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe("shares", () => {
  it("are eight small frames; the rest waits until the run queue comes round, in order", async () => {
    const { log, reader } = setUp();
    for (const frame of numbers(1, 20)) reader.receive(frame, 10);
    expect(log).toEqual([...numbers(1, 8), "pause"]);
    await turn();
    expect(log).toEqual([...numbers(1, 8), "pause", ...numbers(9, 20), "resume"]);
  });

  it("are one large frame", () => {
    const { log, reader } = setUp();
    for (const frame of numbers(1, 3)) reader.receive(frame, 100_000);
    expect(log).toEqual(["1", "pause"]);
  });

  it("of two connections alternate", async () => {
    const [one, other] = [setUp(), setUp()];
    const order: string[] = [];
    one.handle.mockImplementation(() => void order.push("one"));
    other.handle.mockImplementation(() => void order.push("other"));
    for (const frame of numbers(1, 24)) one.reader.receive(frame, 10);
    for (const frame of numbers(1, 16)) other.reader.receive(frame, 10);
    await turn();
    const eight = (name: string): string[] => Array.from({ length: 8 }, () => name);
    expect(order).toEqual(["one", "other", "one", "other", "one"].flatMap(eight));
  });
});

describe("bytes per second", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: 0 });
    vi.spyOn(performance, "now").mockImplementation(() => Date.now());
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  it("let a burst pass, then stop the reading until the rate is kept; nothing is lost", async () => {
    const { log, throttled, reader } = setUp(1_000);
    for (const frame of numbers(1, 6)) reader.receive(frame, 300);
    expect(log).toEqual(["1", "2", "3", "pause", "4"]);
    expect(throttled).toHaveBeenCalledExactlyOnceWith(1_000, 200);
    vi.advanceTimersByTime(199);
    expect(log).toEqual(["1", "2", "3", "pause", "4"]);
    vi.advanceTimersByTime(1);
    expect(log.slice(5)).toEqual(["5"]);
    vi.advanceTimersByTime(600);
    expect(log.slice(5)).toEqual(["5", "6", "resume"].slice(0, log.length - 5));
    vi.advanceTimersByTime(1_000);
    expect(log.filter((entry) => entry === "6")).toEqual(["6"]);
    expect(log.at(-1)).toBe("resume");
  });

  it("never let more pass than a second's worth, and the frame that goes beyond it, beside the rate", () => {
    const { log, reader } = setUp(1_000);
    for (let second = 0; second < 60; second++) {
      for (let n = 0; n < 100; n++) reader.receive("x", 100);
      vi.advanceTimersByTime(1_000);
      const passed = 100 * log.filter((entry) => entry === "x").length;
      expect(passed).toBeLessThanOrEqual(second * 1_000 + 1_000 + 100);
    }
  });

  it("count what the client makes the server send", () => {
    const { log, throttled, reader } = setUp(1_000);
    reader.spend(5_000);
    expect(throttled).toHaveBeenCalledExactlyOnceWith(1_000, 4_000);
    reader.receive("1", 10);
    expect(log).toEqual(["pause"]);
    vi.advanceTimersByTime(4_000);
    expect(log).toEqual(["pause", "1"]);
    vi.advanceTimersByTime(20);
    expect(log).toEqual(["pause", "1", "resume"]);
  });
});

describe("reasons to stop", () => {
  it("are counted: reading goes on when all are gone", () => {
    const { log, reader } = setUp();
    reader.stop();
    reader.stop();
    reader.receive("1", 10);
    reader.start();
    expect(log).toEqual(["pause"]);
    reader.start();
    expect(log).toEqual(["pause", "1", "resume"]);
  });
});

describe("the end", () => {
  it("by the client: what it had sent before is handled", () => {
    const { log, reader } = setUp();
    for (const frame of numbers(1, 12)) reader.receive(frame, 10);
    reader.endReading(true);
    reader.receive("13", 10);
    expect(log).toEqual([...numbers(1, 8), "pause", ...numbers(9, 12)]);
  });

  it("by the client, whose messages find full mailboxes: no more of them is handled than one read brings", () => {
    const { log, handle, reader } = setUp();
    const isFull = (frame: unknown): boolean => frame === "2";
    handle.mockImplementation((frame) => {
      log.push(frame as string);
      if (isFull(frame)) reader.stop();
    });
    for (const frame of numbers(1, 9)) reader.receive(frame, 30_000);
    reader.endReading(true);
    expect(log).toEqual(["1", "2", "pause", "3", "4"]);
  });

  it("by the server: nothing more is handled", async () => {
    const { log, reader } = setUp();
    for (const frame of numbers(1, 12)) reader.receive(frame, 10);
    reader.endReading(false);
    await turn();
    expect(log).toEqual([...numbers(1, 8), "pause"]);
  });
});
