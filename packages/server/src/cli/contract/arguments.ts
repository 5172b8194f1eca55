/** Options and files of the `contract` commands. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { CommandError } from "../command-error.ts";

/** An option's form, as parseArgs takes it. */
export type Options = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>>;

/** What was given, by option. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]?: O[Name]["type"] extends "string" ? string : boolean;
};

/** Throws `CommandError` for an option that the command does not have. */
export function parse<const O extends Options>(
  args: readonly string[],
  options: O,
): { readonly values: Values<O>; readonly positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options });
    return { values: values as Values<O>, positionals };
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
    if (/\.[cm]?[jt]s$/.test(path)) {
      throw new CommandError(
        `${path} is a module: write its contract first, wingbeat contract ${path} -o contract.json`,
      );
    }
    throw new CommandError(`${path} is not JSON: ${(error as Error).message}`);
  }
}
