/** `wingbeat contract`: prints or writes the contract of the application. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeOpen, markdownOf, textOf } from "../../contract.ts";
import type { AsyncApiDocument, ContractOptions } from "../../contract.ts";
import { CommandError } from "../command-error.ts";
import type { Printed } from "../printed.ts";
import { choose, parse } from "./arguments.ts";
import type { Values } from "./arguments.ts";
import { importOf, load } from "./document.ts";

const OPTIONS = {
  output: { type: "string", short: "o" },
  "allow-unknown": { type: "boolean" },
  asyncapi: { type: "string" },
  format: { type: "string" },
  title: { type: "string" },
  url: { type: "string" },
  validate: { type: "boolean" },
} as const;

/** Throws `CommandError` and `WingbeatError`. */
export async function write(args: readonly string[], cwd: string): Promise<Printed> {
  const { values, positionals } = parse(args, OPTIONS);
  const [given, ...more] = positionals;
  if (more.length > 0)
    throw new CommandError("contract takes one module: wingbeat contract src/socket.ts -o contract.json");
  const format = choose("--format", values.format, ["json", "md"]) ?? "json";
  const { document, open, root } = await load(given, cwd, optionsOf(values));
  if (values.validate === true) await validate(document, root);
  const text = format === "md" ? markdownOf(document) : textOf(document);
  const notes = describeOpen(open);
  const { output } = values;
  if (output === undefined) return { text: text.trimEnd(), notes };
  try {
    writeFileSync(resolve(cwd, output), text);
  } catch (error) {
    throw new CommandError(`${output} cannot be written: ${(error as Error).message}`);
  }
  return { text: `Wrote ${output}`, notes };
}

function optionsOf(values: Values<typeof OPTIONS>): ContractOptions {
  const { "allow-unknown": allowUnknown = false, asyncapi: version, title, url } = values;
  const asyncapi = choose("--asyncapi", version, ["3.0", "3.1"]);
  return {
    allowUnknown,
    ...(asyncapi === undefined ? {} : { asyncapi }),
    ...(title === undefined ? {} : { title }),
    ...(url === undefined ? {} : { url }),
  };
}

interface OfficialParser {
  readonly Parser: new () => {
    parse(text: string): Promise<{ readonly document?: unknown; readonly diagnostics: readonly Diagnostic[] }>;
  };
}
interface Diagnostic {
  readonly severity: number;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** By the official parser, which the application installs: it is larger than this package. Throws `CommandError`. */
async function validate(document: AsyncApiDocument, root: string): Promise<void> {
  const official = await importOf<OfficialParser>("@asyncapi/parser", root);
  if (official === undefined) {
    throw new CommandError("--validate uses the official parser: npm install --save-dev @asyncapi/parser");
  }
  const { diagnostics } = await new official.Parser().parse(textOf(document));
  const faults = diagnostics.filter(({ severity }) => severity === 0);
  if (faults.length === 0) return;
  const lines = faults.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new CommandError(`@asyncapi/parser finds faults in the contract:\n${lines.join("\n")}`);
}
