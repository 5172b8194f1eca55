import { describe, expect, it } from "vitest";
import type { Clock } from "../history/clock.ts";
import { MemoryPushes } from "./memory.ts";

const WINDOW = 60_000;

function withClock(maxBytes?: number) {
  let now = 1_000;
  const clock: Clock = { now: () => now, after: () => ({ cancel() {} }) };
  return { pushes: new MemoryPushes(clock, maxBytes), pass: (ms: number) => void (now += ms) };
}

const claim = (n: number, epoch: string) => ({ n, epoch, acked: 0, token: `t${n}`, attempt: 1, window: WINDOW });

describe("numbered pushes in memory", () => {
  it("forgets a line after its window: the next one has another epoch", () => {
    const { pushes, pass } = withClock();
    const { epoch } = pushes.open("a", 1, WINDOW);
    pass(WINDOW - 1);
    expect(pushes.claim("a", claim(1, epoch))).toEqual({ state: "claimed" });
    pass(WINDOW - 1);
    expect(pushes.settle("a", { n: 1, token: "t1", reply: "r", window: WINDOW })).toBe(true);
    pass(WINDOW);
    expect(pushes.claim("a", claim(1, epoch))).toEqual({ state: "epoch" });
    expect(pushes.open("a", 2, WINDOW)).toEqual({ epoch: expect.not.stringMatching(epoch) as string, last: 1 });
  });

  it("forgets the lines that were used least recently beyond its bytes, and weighs replies", () => {
    const { pushes } = withClock(10_000);
    const epochs = ["a", "b", "c"].map((name) => pushes.open(name, 1, WINDOW).epoch);
    const settle = (name: string, n: number, epoch = ""): void => {
      pushes.claim(name, claim(n, epoch));
      pushes.settle(name, { n, token: `t${n}`, reply: "x".repeat(2_000), window: WINDOW });
    };
    settle("a", 1, epochs[0]);
    settle("b", 1, epochs[1]);
    pushes.open("a", 1, WINDOW);
    settle("c", 1, epochs[2]);
    pushes.open("d", 1, WINDOW);
    expect(pushes.claim("b", claim(2, epochs[1] ?? ""))).toEqual({ state: "epoch" });
    expect(pushes.claim("a", claim(2, epochs[0] ?? ""))).toEqual({ state: "claimed" });
  });
});
