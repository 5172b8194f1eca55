import diagnosticsChannel from "node:diagnostics_channel";
import { once } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { emit } from "./telemetry.ts";
import { attach } from "./telemetry/attach.ts";
import type { TelemetryEvents } from "./telemetry.ts";

const data: TelemetryEvents["tracker.transfer_requested"] = { shard: "s", node: "n" };
const event = "tracker.transfer_requested";
const name = `wingbeat:${event}`;
const boom = new Error("boom");

/** What is reported until the test ends. */
function failures(): TelemetryEvents["telemetry.listener_failed"][] {
  const seen: TelemetryEvents["telemetry.listener_failed"][] = [];
  onTestFinished(attach("telemetry.listener_failed", (failure) => void seen.push(failure)));
  return seen;
}

/** Listens until the test ends. */
function listen(listener: (data: unknown) => unknown): void {
  onTestFinished(attach(event, listener));
}

describe("a listener", () => {
  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw boom;
      },
    ],
    ["rejects", () => Promise.reject(boom)],
    ["is async and throws", async () => Promise.reject(await boom)],
    [
      "returns a thenable that throws",
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- this is what is tested
        then() {
          throw boom;
        },
      }),
    ],
    [
      "returns what cannot be asked",
      () => ({
        // oxlint-disable-next-line unicorn/no-thenable -- this is what is tested
        get then() {
          throw boom;
        },
      }),
    ],
  ])("that %s is reported once, and the others are told all the same", async (_what, listener) => {
    const reported = failures();
    const heard: unknown[] = [];
    listen(listener);
    listen((told) => void heard.push(told));
    for (let n = 0; n < 3; n++) emit(event, data);
    expect(heard).toEqual([data, data, data]);
    await vi.waitFor(() => expect(reported).toHaveLength(1));
    expect(reported).toEqual([{ event, error: boom, failures: 1 }]);
  });

  it("that comes by node:diagnostics_channel is guarded, too, and can go again", () => {
    const reported = failures();
    let calls = 0;
    const listener = (): void => {
      calls++;
      throw boom;
    };
    const channel = diagnosticsChannel.channel(name);
    diagnosticsChannel.subscribe(name, listener);
    channel.subscribe(listener);
    emit(event, data);
    expect([calls, reported.length]).toEqual([2, 1]);
    expect(diagnosticsChannel.unsubscribe(name, listener)).toBe(true);
    expect(channel.unsubscribe(listener)).toBe(true);
    expect(channel.unsubscribe(listener)).toBe(false);
    emit(event, data);
    expect(calls).toBe(2);
    expect(channel.hasSubscribers).toBe(false);
  });

  it("is reported again after a minute, with how often it has failed", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const reported = failures();
    listen(() => {
      throw boom;
    });
    for (let n = 0; n < 5; n++) emit(event, data);
    vi.advanceTimersByTime(60_000);
    emit(event, data);
    expect(reported.map(({ failures: count }) => count)).toEqual([1, 5]);
  });

  it("of failures that fails itself gives a warning of Node, as do failures that nobody hears", async () => {
    const warned = async (): Promise<unknown> => {
      const [warning] = (await once(process, "warning")) as [NodeJS.ErrnoException];
      return [warning.name, warning.code, warning.message];
    };
    const hostile = {
      toString() {
        throw boom;
      },
    };
    listen(() => {
      throw hostile; // oxlint-disable-line no-throw-literal -- this is what is tested
    });
    const unheard = warned();
    emit(event, data);
    const said = `a telemetry listener of ${event} failed: a value that cannot be shown`;
    expect(await unheard).toEqual(["WingbeatWarning", "WB_LISTENER", said]);

    onTestFinished(
      attach("telemetry.listener_failed", () => {
        throw new Error("no\nbetter");
      }),
    );
    listen(() => {
      throw boom;
    });
    const failed = warned();
    emit(event, data);
    expect(await failed).toEqual([
      "WingbeatWarning",
      "WB_LISTENER",
      "a telemetry listener of telemetry.listener_failed failed: Error: no\\nbetter",
    ]);
  });
});
