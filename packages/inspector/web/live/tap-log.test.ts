import { expect, it } from "vitest";
import type { TapFrame } from "../contract.ts";
import { MAX_FRAMES, NOTHING_SEEN, pairOf, passes, withBatch } from "./tap-log.ts";

const frame = (over: Partial<TapFrame>): TapFrame => ({
  at: 0,
  node: "a",
  direction: "in",
  key: 1,
  id: "user:1",
  topic: "room:1",
  event: "new_msg",
  ref: "1",
  bytes: 2,
  payload: "{ body: string }",
  outcome: null,
  duration: null,
  ...over,
});
const reply = frame({ direction: "out", event: "phx_reply" });

it("a message finds its reply, of the same connection", () => {
  const other = frame({ ...reply, key: 2 });
  const { frames, pairs } = withBatch(NOTHING_SEEN, { frames: [frame({}), other, reply], dropped: 0 });
  expect(pairs.get(pairOf(frames[0]!)!)).toEqual({ asked: frames[0], reply: frames[2] });
  expect(pairs.get(pairOf(frames[1]!)!)).toEqual({ reply: frames[1] });
});

it("a broadcast is nobody's reply", () => {
  expect([frame({ ref: null }), frame({ direction: "out" })].map(pairOf)).toEqual([null, null]);
});

it("the newest are kept, and all are counted", () => {
  let log = NOTHING_SEEN;
  for (let batch = 0; batch < 12; batch++) {
    log = withBatch(log, { frames: Array.from({ length: 100 }, () => frame({ ref: null })), dropped: 3 });
  }
  expect([log.frames.length, log.frames[0]?.nth, log.seen, log.dropped]).toEqual([MAX_FRAMES, 201, 1_200, 36]);
});

it("filters by direction and by any text", () => {
  expect(passes(frame({}), { text: "BODY", direction: "both" })).toBe(true);
  expect(passes(frame({ id: null }), { text: "user", direction: "both" })).toBe(false);
  expect(passes(frame({}), { text: "", direction: "out" })).toBe(false);
});
