/** `npm run simulate`: recovery on virtual time. Exits with 1 when a promise is broken, or a mutant is not found. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { bundle } from "./bundle.ts";
import { hunt, simulate } from "./processes.ts";
import { MUTANTS } from "./mutants.ts";
import type { WorldName } from "./mutants.ts";
import type { Total } from "./run.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: String(Date.now() % 1_000_000_000) },
    world: { type: "string", default: "both" },
    jobs: { type: "string", default: String(availableParallelism()) },
    mutants: { type: "boolean", default: false },
    show: { type: "boolean", default: false },
  },
});
const [seeds, from, jobs] = [Number(values.seeds), Number(values.from), Number(values.jobs)];
const worlds: WorldName[] = (["listeners", "endpoints"] as const).filter((name) =>
  ["both", name].includes(values.world),
);
if (![seeds, from, jobs].every((value) => value > 0) || worlds.length === 0) {
  process.stderr.write("--seeds, --from and --jobs take numbers from 1; --world takes listeners, endpoints or both\n");
  process.exit(2);
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const figures = ({ seeds: done, failed, deliveries, told, recovered, failovers }: Total): string =>
  `${done} seeds, ${deliveries} deliveries, ${recovered} recoveries, ${told} reports, ${failovers} failovers: ${failed} seeds broke a promise`;

let isGood = true;
if (values.mutants) {
  for (const mutant of MUTANTS) {
    const found = await hunt(mutant, from, seeds);
    isGood &&= found !== undefined;
    print(
      found === undefined
        ? `NOT FOUND: ${mutant.name}`
        : `found after ${found.seeds} seeds (${found.rule}): ${mutant.name}`,
    );
  }
} else {
  const file = await bundle();
  for (const world of worlds) {
    print(`${world} --from ${from}`);
    const total = await simulate({ file, world, from, seeds, jobs, show: values.show }, ({ seed, violations }) => {
      print(`seed ${seed}`);
      for (const { rule, text } of violations.slice(0, 5)) print(`  ${rule} ${text}`);
    });
    isGood &&= total.failed === 0;
    print(figures(total));
  }
}
process.exitCode = isGood ? 0 : 1;
