/** What is still open after reading the command line: asked for at a terminal, or taken as usual. */
import { cancel, confirm, intro, isCancel, text } from "@clack/prompts";
import { CommandError } from "./command-error.ts";
import type { CommandLine } from "./command-line.ts";
import type { PackageManager } from "./package-manager.ts";
import { targetFault } from "./target.ts";

export interface Plan {
  readonly directory: string;
  readonly install: boolean;
  readonly git: boolean;
}

const USUAL = { directory: "my-app", install: true, git: true };

/** Throws `CommandError` when the directory will not do. */
export function usualPlan(given: CommandLine, cwd: string): Plan {
  const { directory = USUAL.directory, install = USUAL.install, git = USUAL.git } = given;
  checkTarget(directory, cwd);
  return { directory, install, git };
}

/** Undefined when the user has had enough of it. Throws `CommandError` when the directory given will not do. */
export async function askForPlan(given: CommandLine, cwd: string, manager: PackageManager): Promise<Plan | undefined> {
  if (given.directory !== undefined) checkTarget(given.directory, cwd);
  intro("Wingbeat: a typed chat, with server, page and tests");
  const directory = given.directory ?? (await askForDirectory(cwd));
  if (isCancel(directory)) return stopped();
  const install = given.install ?? (await confirm({ message: `Install dependencies with ${manager.name} now?` }));
  if (isCancel(install)) return stopped();
  const git = given.git ?? (await confirm({ message: "Make a git repository?" }));
  if (isCancel(git)) return stopped();
  return { directory, install, git };
}

function askForDirectory(cwd: string): ReturnType<typeof text> {
  return text({
    message: "Where does it go?",
    placeholder: USUAL.directory,
    defaultValue: USUAL.directory,
    validate: (directory) => targetFault(directory || USUAL.directory, cwd),
  });
}

function checkTarget(directory: string, cwd: string): void {
  const fault = targetFault(directory, cwd);
  if (fault !== undefined) throw new CommandError(fault);
}

function stopped(): undefined {
  cancel("Nothing was made.");
  return undefined;
}
