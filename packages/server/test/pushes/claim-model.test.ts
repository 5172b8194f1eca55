import { describe, expect, it } from "vitest";
import { explore } from "./claim-model.ts";

describe.each(["refuse", "run"] as const)("I-14, I-15: with %s, whatever two faults come together", (unknown) => {
  it("a handler is started as often as promised, in order, and all answers are equal", async () => {
    expect(await explore(unknown, 2)).toBeGreaterThan(500);
  }, 60_000);
});
