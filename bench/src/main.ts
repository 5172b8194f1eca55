import { readOptions, usage, UsageError, type Options } from "./options.ts";
import { canReadUsage } from "./process-usage.ts";
import { writeReadme } from "./readme.ts";
import { runRounds } from "./rounds.ts";
import { machine, titles } from "./surroundings.ts";
import { table } from "./table.ts";

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function bench(options: Options): Promise<void> {
  const names = titles();
  const results = await runRounds(options, log);
  const rounds = `${options.rounds} ${options.rounds === 1 ? "round" : "rounds"}${options.quick ? " (quick)" : ""}`;
  const date = new Date().toISOString().slice(0, 10);
  const page = `${table(results, options.servers, names)}\n\n${date}, ${rounds}. ${machine()}.`;
  console.log(page);
  if (options.write) writeReadme(page);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (!canReadUsage()) throw new Error("it needs Linux, whose /proc tells the CPU time and memory of the servers");
  await bench(options);
} catch (error) {
  log(error instanceof UsageError ? `${error.message}\n\n${usage}` : `the bench failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
