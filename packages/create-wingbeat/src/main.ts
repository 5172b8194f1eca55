#!/usr/bin/env node
/** `npm create wingbeat`: a typed application that runs, in one command. */
import { CommandError } from "./command-error.ts";
import { run } from "./run.ts";

const { stdin, stdout } = process;

try {
  const terminal = stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined;
  const text = await run(process.argv.slice(2), process.cwd(), terminal);
  if (text === undefined) process.exitCode = 1;
  else stdout.write(`${text}\n`);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
