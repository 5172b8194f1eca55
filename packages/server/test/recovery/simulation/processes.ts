/** Simulations in processes of their own: their timers and random numbers are not those of the test runner. */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { bundle } from "./bundle.ts";
import type { Hunted, WorldName } from "./mutants.ts";
import type { Failure, Total } from "./run.ts";

export interface Simulation {
  /** The bundle. */
  readonly file: string;
  readonly world: WorldName;
  /** The first seed, and how many. */
  readonly from: number;
  readonly seeds: number;
  /** How many processes share them. */
  readonly jobs: number;
  /** Tell on stderr what happened to whom. */
  readonly show?: boolean;
}

/** Runs all seeds. Rejects when a process ends in any other way. */
export async function simulate(simulation: Simulation, onFailure: (failure: Failure) => void): Promise<Total> {
  const { seeds, from, show = false } = simulation;
  const jobs = Math.min(simulation.jobs, seeds);
  const share = Math.ceil(seeds / jobs);
  const parts = Array.from({ length: jobs }, (_, n) => {
    const first = from + n * share;
    return run(simulation, first, Math.min(share, from + seeds - first), show ? "show" : "all", onFailure);
  });
  return (await Promise.all(parts)).reduce(sum);
}

/** How a mutant was found. */
export interface Found {
  readonly seeds: number;
  readonly rule: string;
}

/** Runs a mutant until it breaks a promise. Undefined: it did not. */
export async function hunt(mutant: Hunted, from: number, seeds: number): Promise<Found | undefined> {
  const file = await bundle(mutant);
  const rules: string[] = [];
  const total = await run({ file, world: mutant.world }, from, seeds, "stop", ({ violations }) => {
    for (const { rule } of violations) rules.push(rule);
  });
  rmSync(file);
  const [rule] = rules;
  return rule === undefined ? undefined : { seeds: total.seeds, rule };
}

async function run(
  { file, world }: Pick<Simulation, "file" | "world">,
  from: number,
  seeds: number,
  mode: "all" | "show" | "stop",
  onFailure: (failure: Failure) => void,
): Promise<Total> {
  const child = spawn(process.execPath, [file, world, String(from), String(seeds), mode], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let total: Total | undefined;
  for await (const text of createInterface(child.stdout)) {
    const line = JSON.parse(text) as Failure | Total;
    if ("violations" in line) onFailure(line);
    else total = line;
  }
  const code = await ended;
  if (total === undefined || code !== 0) throw new Error(`the simulation of seeds ${from} ff. ended with ${code}`);
  return total;
}

const sum = (a: Total, b: Total): Total =>
  Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value + b[key as keyof Total]])) as unknown as Total;
