#!/usr/bin/env node
/** The `wingbeat` command: generators, a list of routes, and the contract. */
import { CommandError } from "./cli/command-error.ts";
import { run } from "./cli/run.ts";

const { stdin, stdout } = process;

try {
  const terminal = stdin.isTTY && stdout.isTTY ? { input: stdin, output: stdout } : undefined;
  const printed = await run(process.argv.slice(2), process.cwd(), terminal);
  const { text, notes = "", exitCode = 0 } = typeof printed === "string" ? { text: printed } : printed;
  // The command has imported an application, whose timers and connections must not keep it alive.
  process.stderr.write(notes === "" ? "" : `${notes}\n`, () =>
    stdout.write(text === "" ? "" : `${text}\n`, () => process.exit(exitCode)),
  );
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  const { message, exitCode } = error;
  process.stderr.write(`${message}\n`, () => process.exit(exitCode));
}
