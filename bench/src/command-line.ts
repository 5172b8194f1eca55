import { parseArgs, type ParseArgsConfig } from "node:util";
import { canReadUsage } from "./process-usage.ts";

/** A wrong use of the command: printed without a stack trace. */
export class UsageError extends Error {}

type Flags = NonNullable<ParseArgsConfig["options"]>;

/** The values of options. Throws a UsageError. */
export function parseOptions<const Known extends Flags>(
  args: string[],
  options: Known,
): ReturnType<typeof parseArgs<{ options: Known }>>["values"] {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** A whole number above 0. Throws a UsageError. */
export function positive(option: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new UsageError(`${option}: "${value}" is not a positive whole number`);
  return Number(value);
}

/** Reports progress on standard error: standard output has only the table. */
export function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Runs a bench with the arguments of this process. What goes wrong ends the program with code 1. */
export async function runBench(usage: string, bench: (args: string[]) => Promise<void>): Promise<void> {
  try {
    if (!canReadUsage()) throw new Error("it needs Linux: CPU time and memory of the servers are read from /proc");
    await bench(process.argv.slice(2));
  } catch (error) {
    log(error instanceof UsageError ? `${error.message}\n\n${usage}` : `the bench failed: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
