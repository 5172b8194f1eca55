import { expect, it } from "vitest";
import { Running } from "./running.ts";

it("remembers 100,000 tries of each kind, and forgets the oldest first", () => {
  const running = new Running();
  for (let n = 0; n <= 100_000; n++) {
    running.began(`r${n}`);
    running.abandoned(`a${n}`);
  }
  expect([running.has("r0"), running.has("r1"), running.has("r100000")]).toEqual([false, true, true]);
  expect([running.knows("a0"), running.knows("a1")]).toEqual([false, true]);
});
