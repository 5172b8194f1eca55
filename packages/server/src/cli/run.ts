/** Reads a command line and runs the command. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { CommandError } from "./command-error.ts";
import type { Terminal } from "./confirm.ts";
import { contract } from "./contract.ts";
import { generate } from "./gen.ts";
import { historyTables } from "./history-sql.ts";
import { nearest } from "./nearest.ts";
import type { Printed } from "./printed.ts";
import { routes } from "./routes.ts";
import { top } from "./top.ts";
import { USAGE } from "./usage.ts";

const COMMANDS = ["contract", "gen", "history:sql", "routes", "top"];

/** Returns what to print. Without a terminal, or with `--yes`, nothing is asked. Throws `CommandError`. */
export async function run(args: readonly string[], cwd: string, terminal?: Terminal): Promise<string | Printed> {
  // It has commands and options of its own.
  if (args[0] === "contract" && !args.includes("--help") && !args.includes("-h")) return contract(args.slice(1), cwd);
  const { values, positionals } = parse(args);
  const [command, ...rest] = positionals;
  if (values.help === true) return USAGE;
  if (values.version === true) return version();
  if (values["from-channel"] !== undefined && (command !== "gen" || rest[0] !== "socket")) {
    throw new CommandError("--from-channel is an option of gen socket: wingbeat gen socket User --from-channel Room");
  }
  if ((values.namespace ?? values.unlogged) !== undefined && command !== "history:sql") {
    throw new CommandError(
      "--namespace and --unlogged are options of history:sql: wingbeat history:sql --namespace app",
    );
  }
  if ((values.header ?? values.view ?? values.once ?? values.json) !== undefined && command !== "top") {
    throw new CommandError("--header, --view, --once and --json are options of top: wingbeat top <url> --once");
  }
  switch (command) {
    case undefined:
      return USAGE;
    case "gen":
      return generate(rest, {
        fromChannel: values["from-channel"],
        cwd,
        terminal: values.yes === true ? undefined : terminal,
      });
    case "history:sql":
      return historyTables(rest, values);
    case "routes":
      return routes(rest, cwd);
    case "top":
      return top(rest, { ...values, terminal });
    default:
      throw new CommandError(`Unknown command "${command}". ${suggest(command, COMMANDS)}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        version: { type: "boolean", short: "v" },
        yes: { type: "boolean", short: "y" },
        "from-channel": { type: "string" },
        namespace: { type: "string" },
        unlogged: { type: "boolean" },
        header: { type: "string", multiple: true },
        view: { type: "string" },
        once: { type: "boolean" },
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    // Node names the option, and adds advice after it.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new CommandError(`${what}. wingbeat --help lists all options.`);
  }
}

function suggest(typed: string, names: readonly string[]): string {
  const name = nearest(typed, names);
  return name === undefined ? "wingbeat --help lists all options." : `Did you mean "wingbeat ${name}"?`;
}

function version(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { readonly version: string }).version;
}
