/** Reads the command line, asks for what is missing, and creates the app. */
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { readCommandLine, USAGE } from "./command-line.ts";
import { create } from "./create.ts";
import { packageManager } from "./package-manager.ts";
import { askForPlan, usualPlan } from "./questions.ts";
import type { Terminal } from "./questions.ts";

/**
 * Returns the text to print, or undefined when the user cancelled and nothing was created. Without a terminal nothing is
 * asked. Throws `CommandError`.
 */
export async function run(
  args: readonly string[],
  cwd: string,
  terminal: Terminal | undefined,
): Promise<string | undefined> {
  const given = readCommandLine(args);
  if (given.help) return USAGE;
  if (given.version) return version();
  const manager = packageManager(env["npm_config_user_agent"]);
  const asks = !given.yes && terminal !== undefined;
  const plan = asks ? await askForPlan(given, cwd, manager, terminal) : usualPlan(given, cwd);
  return plan && create(plan, cwd, manager, version());
}

function version(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
