/** The arguments of the command line. */
import { parseArgs } from "node:util";
import { CommandError } from "./command-error.ts";

export const USAGE = `Usage: npm create wingbeat [directory] [-- options]

Creates a typed application that runs: server, page and tests. The directory must be new or empty.

  -t, --template   chat (the default), react or ai-chat
  -y, --yes        asks nothing: my-app unless a directory is given, with install and git
      --no-install does not install dependencies
      --no-git     does not make a git repository
  -h, --help       prints this
  -v, --version    prints the version`;

export interface CommandLine {
  readonly directory: string | undefined;
  readonly yes: boolean;
  /** Undefined when not given. */
  readonly template: string | undefined;
  readonly install: boolean | undefined;
  readonly git: boolean | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

const FLAGS = {
  template: { type: "string", short: "t" },
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
    throw new CommandError(`Give one directory, not ${positionals.length}: ${positionals.join(", ")}.`);
  }
  const { yes = false, help = false, version = false, template, install, git } = values;
  return { directory, yes, template, install, git, help, version };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, allowNegative: true, options: FLAGS });
  } catch (error) {
    // Node names the option, and adds advice after it.
    const [what] = (error as Error).message.split(/\. |\n/);
    throw new CommandError(`${what}. --help lists all options.`);
  }
}
