/** The long soak runs of presence. Each prints its figures in one line. */
import { expect, it } from "vitest";
import { chaos } from "../presence/chaos.ts";
import { inMB, MB, report, settledHeap } from "./figures.ts";
import { runChurn } from "./presence-churn.ts";

const SEED = Number(process.env["SOAK_SEED"] ?? 1);
const HOURS = Number(process.env["SOAK_PRESENCE_HOURS"] ?? 24);

it.each([2, 3, 5])("chaos among %i nodes", (nodes) => {
  const runs = 10_000;
  chaos(nodes, runs, SEED, 200);
  report(`chaos among ${nodes} nodes`, { seed: SEED, runs });
});

it("churn, for a day of virtual time", async () => {
  runChurn({ seed: SEED, nodes: 5, minutes: 20, changesPerSecond: 5 });
  const before = (await settledHeap()) ?? 0;
  const startedAt = performance.now();
  const figures = runChurn({ seed: SEED, nodes: 5, minutes: HOURS * 60, changesPerSecond: 5 });
  const growth = ((await settledHeap()) ?? before) - before;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  report("presence churn", { seed: SEED, hours: HOURS, ...figures, heap: inMB(growth), seconds });
  expect(figures.checks).toBe(HOURS * 6);
  expect(growth).toBeLessThan(2 * MB);
});
