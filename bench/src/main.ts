/** `npm run bench`: what a message costs Wingbeat and comparable servers. */
import { log, runBench } from "./command-line.ts";
import { readOptions, usage } from "./options.ts";
import { writeReadme } from "./readme.ts";
import { runRounds } from "./rounds.ts";
import { machine, placement, titles, today } from "./surroundings.ts";
import { table } from "./table.ts";

await runBench(usage, async (args) => {
  const options = readOptions(args);
  const results = await runRounds(options, log);
  const rounds = `${options.rounds} ${options.rounds === 1 ? "round" : "rounds"}${options.quick ? " (quick)" : ""}`;
  const page = `${table(results, options.servers, titles())}\n\n${today()}, ${rounds}. ${machine()}; ${placement()}.`;
  console.log(page);
  if (options.write) writeReadme("table", page);
});
