/** `npm run blackbox:pushes -- --pushes 10000`. Exits with 1 when a promise is broken. */
import { rmSync } from "node:fs";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../../pubsub/program.ts";
import { campaign } from "./campaign.ts";

const { values } = parseArgs({
  options: {
    pushes: { type: "string", default: "10000" },
    /** Seconds between two faults of a node. */
    pace: { type: "string", default: "4" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    keep: { type: "boolean", default: false },
  },
});
const [pushes, pace, seed] = [Number(values.pushes), Number(values.pace), Number(values.seed)];
if (!(pushes > 0) || !(pace > 0) || !Number.isInteger(seed)) {
  process.stderr.write("--pushes, --pace (seconds between two faults of a node) and --seed take numbers\n");
  process.exit(2);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const folder = temporaryFolder();
say(`--pushes ${pushes} --pace ${pace} --seed ${seed}`);
const began = performance.now();
const tell = (line: string): void => say(`  ${line}`);
const { violations, figures, links } = await campaign({ pushes, seed, folder, pace: pace * 1_000, tell });
const { starts, cutOff, runAgain, answers, settled, gone } = figures;
const ends = Object.entries(settled).map(([how, count]) => `${count} ${how}`);
say(`${figures.pushes} pushes in ${Math.round((performance.now() - began) / 1_000)} s: ${ends.join(", ")}`);
say(
  `${starts} starts of handlers, ${cutOff} cut off, ${runAgain} pushes run again; ${answers} answers to the plain clients`,
);
say(`${gone} processes ended, ${links} connections broken`);
say(`${violations.length} violations`);
for (const { kind, id, what } of violations.slice(0, 50)) say(`${kind.toUpperCase()} ${id} ${what.slice(0, 200)}`);
if (violations.length > 0 || values.keep) say(`What happened is in ${folder}`);
else rmSync(folder, { recursive: true });
process.exitCode = violations.length > 0 ? 1 : 0;
