#!/usr/bin/env node
/** `npm create wingbeat`: a typed chat that runs, in one command. */
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { CommandError } from "./command-error.ts";
import { readCommandLine, USAGE } from "./command-line.ts";
import { create } from "./create.ts";
import { packageManager } from "./package-manager.ts";
import { askForPlan, usualPlan } from "./questions.ts";

/** Gives the text to print, or undefined when the user gave up. Throws `CommandError`. */
async function run(args: readonly string[], cwd: string): Promise<string | undefined> {
  const given = readCommandLine(args);
  if (given.help) return USAGE;
  if (given.version) return version();
  const manager = packageManager(env["npm_config_user_agent"]);
  const canAsk = !given.yes && process.stdin.isTTY && process.stdout.isTTY;
  const plan = canAsk ? await askForPlan(given, cwd, manager) : usualPlan(given, cwd);
  return plan && create(plan, cwd, manager, version());
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

try {
  const text = await run(process.argv.slice(2), process.cwd());
  if (text === undefined) process.exitCode = 1;
  else process.stdout.write(`${text}\n`);
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
