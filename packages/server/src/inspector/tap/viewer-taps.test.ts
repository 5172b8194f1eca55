import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TAP_RATE, TAP_TIME } from "../model.ts";
import type { TapBatch, TapFrame } from "../model.ts";
import type { Mail } from "../peers/mail.ts";
import { ViewerTaps } from "./viewer-taps.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const frame = (at: number): TapFrame => ({
  at,
  node: "n",
  direction: "in",
  key: 1,
  id: null,
  topic: "t",
  event: "e",
  ref: null,
  bytes: 1,
  payload: "{}",
  outcome: null,
  duration: null,
});

function tapped(): { taps: ViewerTaps; said: Mail[]; batches: TapBatch[]; ended: string[]; id: string } {
  const said: Mail[] = [];
  const batches: TapBatch[] = [];
  const ended: string[] = [];
  const taps = new ViewerTaps("own", (mail) => void said.push(mail));
  taps.add(
    { topic: "t" },
    false,
    (batch) => void batches.push(batch),
    (reason) => void ended.push(reason),
  );
  const id = (said[0] as { id: string }).id;
  return { taps, said, batches, ended, id };
}

it("a tap is renewed on all nodes, and ends after five minutes", () => {
  const { said, ended } = tapped();
  vi.advanceTimersByTime(TAP_TIME - 1_000);
  expect(ended).toEqual([]);
  expect(said.filter(({ kind }) => kind === "tap").length).toBeGreaterThan(90);
  vi.advanceTimersByTime(2_000);
  expect(ended).toEqual(["time is over"]);
  expect(said.at(-1)?.kind).toBe("untap");
  expect(vi.getTimerCount()).toBe(0);
});

it("a viewer gets at most its rate of what all nodes send together, in order", () => {
  const { taps, batches, id } = tapped();
  for (const from of ["a", "b", "c"]) {
    const frames = Array.from({ length: 150 }, (_, n) => frame(n));
    taps.received({ kind: "frames", id, from, frames, dropped: 2, isGone: false });
  }
  taps.received({ kind: "frames", id: "another", from: "a", frames: [frame(0)], dropped: 0, isGone: true });
  vi.advanceTimersByTime(300);
  expect(batches).toHaveLength(1);
  expect(batches[0]?.frames).toHaveLength(TAP_RATE);
  expect(batches[0]?.dropped).toBe(450 - TAP_RATE + 6);
  const times = batches[0]!.frames.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  taps.stop();
});
