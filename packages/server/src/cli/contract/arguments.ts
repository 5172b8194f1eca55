/** Options and files of the `contract` commands. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { CommandError } from "../command-error.ts";

/** Throws `CommandError` for an option that the command does not have. */
export function parse<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // Node names the option, and adds advice after it.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new CommandError(`${what}. wingbeat --help lists all options.`);
  }
}

/** A choice of few. Throws `CommandError`. */
export function choose<const Choice extends string>(
  option: string,
  given: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  const found = choices.find((choice) => choice === given);
  if (found !== undefined || given === undefined) return found;
  throw new CommandError(`${option} is "${given}": it is one of ${choices.join(", ")}.`);
}

/** Throws `CommandError` for a file that is not there, or is not JSON. */
export function readJson(path: string, cwd: string): unknown {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), "utf8");
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
}
