/** The short form of the soak runs, for every test run: `npm run soak` has the long ones. */
import { describe, expect, it } from "vitest";
import { runCycles } from "./cycles.ts";
import { framesOf } from "./frames.ts";
import { stormIntoSockets } from "./socket-storm.ts";

const SEED = 20_260;
const TIME = { timeout: 300_000 };

describe("2,000 random and mutated frames", () => {
  it(
    "straight into socket processes: each is answered or closes with 1011, and nothing is left behind",
    TIME,
    async () => {
      const figures = await stormIntoSockets(framesOf(SEED + 1, 2_000));
      expect(figures.answers).toBeGreaterThan(1_000);
      expect(Object.keys(figures.closes)).toEqual(["1000", "1011"]);
    },
  );
});

describe("300 cycles of connect, join, leave and disconnect", () => {
  it("leave no connection, subscription, handle or timer behind", TIME, async () => {
    const figures = await runCycles(304);
    expect(figures).toMatchObject({ connectionsLeft: 0, subscriptionsLeft: 0, topicsLeft: 0, resourcesLeft: {} });
    // Every channel has ended once; an eighth of the cycles joined "hold:a" twice.
    expect(figures.terminated).toBeGreaterThanOrEqual(2 * 304);
  });
});
