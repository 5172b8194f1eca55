/** `wingbeat contract models`: writes typed models for another language. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LANGUAGES, modelsOf } from "../../contract.ts";
import { CommandError } from "../command-error.ts";
import type { Printed } from "../printed.ts";
import { choose, parse } from "./arguments.ts";
import { load } from "./document.ts";

const OPTIONS = {
  language: { type: "string", short: "l" },
  output: { type: "string", short: "o" },
  "allow-unknown": { type: "boolean" },
} as const;

/** Throws `CommandError` and `WingbeatError`. */
export async function models(args: readonly string[], cwd: string): Promise<Printed> {
  const { values, positionals } = parse(args, OPTIONS);
  const [given, ...more] = positionals;
  const language = choose("--language", values.language, LANGUAGES);
  const { output } = values;
  if (more.length > 0 || language === undefined || output === undefined) {
    throw new CommandError(
      "contract models takes a module or contract, a language and a folder: " +
        "wingbeat contract models contract.json --language swift -o Sources",
    );
  }
  const { document } = await load(given, cwd, { allowUnknown: values["allow-unknown"] === true });
  const { file, text } = modelsOf(document, language);
  const path = join(output, file);
  try {
    mkdirSync(resolve(cwd, output), { recursive: true });
    // Generated again and again: the first line of the file says so.
    writeFileSync(resolve(cwd, path), text);
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${(error as Error).message}`);
  }
  return { text: `Wrote ${path}` };
}
