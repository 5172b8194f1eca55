/**
 * Runs seeds, in a process of its own: `node run.mjs <world> <first> <count> [stop|show]`. Prints a line of JSON for each seed that has
 * broken a promise, and one at the end with what happened in all of them. With `stop` it ends at the first;
 * with `show` it tells on stderr what happened to those that something was broken for.
 */
import { judge } from "./judge.ts";
import { show } from "./show.ts";
import type { Violation } from "./story.ts";
import { EndpointWorld } from "./endpoint-world.ts";
import { ListenerWorld } from "./listener-world.ts";

/** What a process prints at its end. */
export interface Total {
  seeds: number;
  failed: number;
  deliveries: number;
  told: number;
  recovered: number;
  failovers: number;
  stored: number;
  steps: number;
}

/** A seed that has broken promises. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
}

const WORLDS = { endpoints: EndpointWorld, listeners: ListenerWorld };

let current: EndpointWorld | ListenerWorld | undefined;
process.on("unhandledRejection", (error) => current?.crashed(error));
process.on("uncaughtException", (error) => current?.crashed(error));

const print = (line: Failure | Total): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const [world, from, seeds, mode] = process.argv.slice(2) as [keyof typeof WORLDS, string, string, string?];
const [first, count] = [Number(from), Number(seeds)];
const total: Total = {
  seeds: 0,
  failed: 0,
  deliveries: 0,
  told: 0,
  recovered: 0,
  failovers: 0,
  stored: 0,
  steps: 0,
};
for (let seed = first; seed < first + count; seed++) {
  current = new WORLDS[world](seed);
  const { story, figures, crashes } = await current.run();
  const violations = [...crashes, ...judge(story)];
  total.seeds++;
  for (const key of ["deliveries", "told", "recovered", "failovers", "stored", "steps"] as const)
    total[key] += figures[key];
  if (violations.length === 0) continue;
  total.failed++;
  print({ seed, violations });
  if (mode === "show") process.stderr.write(show(story, violations));
  if (mode === "stop") break;
}
print(total);
