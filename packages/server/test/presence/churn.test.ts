/**
 * An hour for the nodes, a few seconds here: their trackers have the default periods, and their time is virtual. Every ten
 * minutes nothing happens for one, and all nodes are compared with what is true.
 */
import { expect, it } from "vitest";
import { runChurn } from "../soak/presence-churn.ts";

it("a simulated hour of churn, crashes and partitions leaves no ghost, and nobody is missing", () => {
  const figures = runChurn({ seed: 20_261, nodes: 5, minutes: 60, changesPerSecond: 5 });
  expect(figures.simulated).toBe((60 + 6) * 60_000);
  expect(figures.changes).toBeGreaterThan(8_000);
  expect(figures.checks).toBe(6);
  expect(figures.crashes).toBeGreaterThan(5);
  expect(figures.partitions).toBeGreaterThan(10);
  expect(figures.lost).toBeGreaterThan(1_000);
  expect(figures.peak).toBeGreaterThan(100);
});
