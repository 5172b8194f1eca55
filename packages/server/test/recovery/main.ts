/** `npm run blackbox -- --engine redis --minutes 30`. Exits with 1 when a promise is broken. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../pubsub/program.ts";
import { campaign } from "./campaign.ts";
import type { Outcome } from "./campaign.ts";
import { BEDS } from "./engines.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", multiple: true, default: Object.keys(BEDS) },
    minutes: { type: "string", default: process.env["BLACKBOX_MINUTES"] ?? "0.5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    keep: { type: "boolean", default: false },
  },
});
const [seconds, seed] = [Number(values.minutes) * 60, Number(values.seed)];
if (values.engine.some((name) => !(name in BEDS)) || !(seconds > 0) || !Number.isInteger(seed)) {
  process.stderr.write(`--engine takes ${Object.keys(BEDS).join(", ")}; --minutes and --seed take numbers\n`);
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const root = temporaryFolder();
let isBroken = false;
for (const name of values.engine) {
  say(`\n${name} --minutes ${values.minutes} --seed ${seed}`);
  const folder = join(root, name);
  mkdirSync(folder);
  const bed = (BEDS[name] as (typeof BEDS)[string])();
  const outcome = await campaign({ bed, seconds, seed, folder, tell: (line) => say(`  ${line}`) });
  say(report(outcome));
  isBroken ||= outcome.violations.length > 0 || outcome.behind.length > 0;
}
if (isBroken || values.keep) say(`\nThe histories are in ${root}`);
else rmSync(root, { recursive: true });
process.exitCode = isBroken ? 1 : 0;

function report({ figures, violations, links, injected, behind }: Outcome): string {
  const { published, delivered, runs, recovered, reports } = figures;
  const reasons = Object.entries(reports).map(([reason, count]) => `${count} ${reason}`);
  const broken = Object.values(injected).reduce((sum, count) => sum + count, 0);
  return [
    `${published} published, ${delivered} delivered to ${runs} runs; ${links} connections and ${broken} times engine or node broken`,
    `${recovered} rejoins recovered; reports: ${reasons.join(", ") || "none"}`,
    ...behind.map((run) => `BEHIND ${run}`),
    `${violations.length} violations`,
    ...violations.slice(0, 50).map(({ kind, run = "", what }) => `${kind.toUpperCase()} ${run} ${what}`),
  ].join("\n");
}
