/**
 * Recovery on virtual time: seeds that are new in each run, and rules taken out of the product one at a time. More of both: `npm run simulate`.
 */
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "./bundle.ts";
import { MUTANTS } from "./mutants.ts";
import type { WorldName } from "./mutants.ts";
import { hunt, simulate } from "./processes.ts";
import type { Failure } from "./run.ts";

/** Fresh seeds: a failure names its own. */
const FROM = Date.now() % 1_000_000_000;
const FRESH: Readonly<Record<WorldName, number>> = { listeners: 100, endpoints: 50 };
/** Those that are found within a few seeds; `npm run simulate -- --mutants` hunts all of them. */
const QUICK = MUTANTS.filter(({ isQuick }) => isQuick);
const MOST_SEEDS = 200;

let file: string;
beforeAll(async () => void (file = await bundle()));
afterAll(() => rmSync(file));

async function failuresOf(world: WorldName, from: number, seeds: number): Promise<string[]> {
  const failures: Failure[] = [];
  await simulate({ file, world, from, seeds, jobs: 1 }, (failure) => failures.push(failure));
  return failures.flatMap(({ seed, violations }) =>
    violations.map(({ rule, text }) => `seed ${seed}: ${rule} ${text}`),
  );
}

describe("whatever happens to store, nodes and connections, nothing is lost, doubled or untold", () => {
  it("R-5 R-6 R-8 R-12 R-13 R-14: nodes with endpoints, clients with sockets", async () => {
    expect(await failuresOf("endpoints", FROM, FRESH.endpoints)).toEqual([]);
  });

  it("followers and publishers alone", async () => {
    expect(await failuresOf("listeners", FROM, FRESH.listeners)).toEqual([]);
  });
});

describe("each rule is needed: without it the simulation finds that", () => {
  it.each(QUICK)("$name", async (mutant) => {
    expect(await hunt(mutant, 1, MOST_SEEDS)).toBeDefined();
  });
});
