/** What was asked for on the command line. */
import { parseArgs } from "node:util";
import { CommandError } from "./command-error.ts";

export const USAGE = `Usage: npm create wingbeat [directory] [-- options]

Makes a typed chat that runs: server, page and tests. The directory must be new or empty.

  -y, --yes        asks nothing: my-app, unless a directory is given; with install and git
      --no-install does not install dependencies
      --no-git     does not make a git repository
  -h, --help       prints this
  -v, --version    prints the version`;

export interface CommandLine {
  readonly directory: string | undefined;
  readonly yes: boolean;
  /** Undefined when it is left open. */
  readonly install: boolean | undefined;
  readonly git: boolean | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

const FLAGS = {
  yes: { type: "boolean", short: "y" },
  install: { type: "boolean" },
  git: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** Throws `CommandError`. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parse(args);
  const [directory, ...more] = positionals;
  if (more.length > 0) {
    throw new CommandError(
      `One app goes to one directory, and there are ${positionals.length}: ${positionals.join(", ")}.`,
    );
  }
  const { yes = false, help = false, version = false, install, git } = values;
  return { directory, yes, install, git, help, version };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, allowNegative: true, options: FLAGS });
  } catch (error) {
    // Node says which option it is, and adds advice on lines of its own.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new CommandError(`${what}. --help lists what there is.`);
  }
}
