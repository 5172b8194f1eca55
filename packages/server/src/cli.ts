#!/usr/bin/env node
/** The `wingbeat` command: generators, and a list of routes. */
import { CommandError } from "./cli/command-error.ts";
import { run } from "./cli/run.ts";

const { stdin, stdout } = process;

try {
  const terminal = stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined;
  const text = await run(process.argv.slice(2), process.cwd(), terminal);
  // `routes` has imported an application, whose timers and connections must not keep the command alive.
  stdout.write(text === "" ? "" : `${text}\n`, () => process.exit());
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`, () => process.exit(1));
}
