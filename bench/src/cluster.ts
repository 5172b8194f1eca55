/** `npm run bench:cluster`: what a second worker of `runCluster` gains, with the load client on the same cores. */
import { availableParallelism } from "node:os";
import { loads } from "./cluster/loads.ts";
import { measure } from "./cluster/measure.ts";
import { table, type Row } from "./cluster/table.ts";
import { log, parseOptions, positive, runBench } from "./command-line.ts";
import { writeReadme } from "./readme.ts";
import { machine, titles, today } from "./surroundings.ts";

const usage = `npm run bench:cluster -- [options]
  --rounds N    rounds; every round runs every load with one worker and with two (default 3)
  --quick       a sixth of the messages
  --write       put the table into bench/README.md`;

await runBench(usage, async (args) => {
  const { rounds, quick, write } = parseOptions(args, {
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  });
  const count = positive("--rounds", rounds);
  const rows = loads(quick ? 1 / 6 : 1).map((load): Row => ({ load, one: [], two: [] }));
  for (let round = 1; round <= count; round += 1) {
    for (const { load, one, two } of rows) {
      one.push(await measure(load, 1));
      two.push(await measure(load, 2));
      const [before, after] = [one.at(-1)!.perSecond, two.at(-1)!.perSecond];
      log(`round ${round}  ${load.title}: ${before.toFixed(0)}, with two workers ${after.toFixed(0)} per second`);
    }
  }
  const cores = availableParallelism();
  const note =
    `CPU is that of primary and workers together. ${titles().wingbeat} and the load client share ${cores} cores, as the ` +
    "system places them: nothing is pinned. The last column is what a second worker could bring at best beside this client.";
  const run = `${count} ${count === 1 ? "round" : "rounds"}${quick ? " (quick)" : ""}`;
  const page = `${table(rows, cores)}\n\n${note}\n\n${today()}, ${run}. ${machine()}.`;
  console.log(page);
  if (write) writeReadme("cluster", page);
});
