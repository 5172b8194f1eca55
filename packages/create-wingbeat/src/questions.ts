/** What the command line left open: asked at a terminal, or set to defaults. */
import type { Readable, Writable } from "node:stream";
import { cancel, confirm, intro, isCancel, select, text } from "@clack/prompts";
import { CommandError } from "./command-error.ts";
import type { CommandLine } from "./command-line.ts";
import type { PackageManager } from "./package-manager.ts";
import { targetFault } from "./target.ts";
import { DEFAULT_TEMPLATE, TEMPLATES, templateNamed } from "./template.ts";
import type { Template } from "./template.ts";

export interface Plan {
  readonly directory: string;
  readonly template: Template;
  readonly install: boolean;
  readonly git: boolean;
}

/** Where questions are asked and answered. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
}

const USUAL = { directory: "my-app", install: true, git: true };

/** Throws `CommandError` when the directory cannot be used, or there is no such template. */
export function usualPlan(given: CommandLine, cwd: string): Plan {
  const { directory = USUAL.directory, install = USUAL.install, git = USUAL.git } = given;
  const template = templateNamed(given.template ?? DEFAULT_TEMPLATE);
  checkTarget(directory, cwd);
  return { directory, template, install, git };
}

/** Undefined when the user cancels. Throws `CommandError` when the given directory or template cannot be used. */
export async function askForPlan(
  given: CommandLine,
  cwd: string,
  manager: PackageManager,
  terminal: Terminal,
): Promise<Plan | undefined> {
  const yes = (message: string) => confirm({ message, ...terminal });
  if (given.template !== undefined) templateNamed(given.template);
  if (given.directory !== undefined) checkTarget(given.directory, cwd);
  intro("Wingbeat: a typed application, with server, page and tests", terminal);
  const directory = given.directory ?? (await askForDirectory(cwd, terminal));
  if (isCancel(directory)) return stopped(terminal);
  const name = given.template ?? (await askForTemplate(terminal));
  if (isCancel(name)) return stopped(terminal);
  const install = given.install ?? (await yes(`Install dependencies with ${manager.name} now?`));
  if (isCancel(install)) return stopped(terminal);
  const git = given.git ?? (await yes("Make a git repository?"));
  if (isCancel(git)) return stopped(terminal);
  return { directory, template: templateNamed(name), install, git };
}

function askForTemplate(terminal: Terminal): ReturnType<typeof select<string>> {
  const options = Object.entries(TEMPLATES).map(([value, { label }]) => ({ value, label }));
  return select({ message: "What is it?", options, initialValue: DEFAULT_TEMPLATE, ...terminal });
}

function askForDirectory(cwd: string, terminal: Terminal): ReturnType<typeof text> {
  return text({
    message: "Which directory?",
    placeholder: USUAL.directory,
    defaultValue: USUAL.directory,
    validate: (directory) => targetFault(directory || USUAL.directory, cwd),
    ...terminal,
  });
}

function checkTarget(directory: string, cwd: string): void {
  const fault = targetFault(directory, cwd);
  if (fault !== undefined) throw new CommandError(fault);
}

function stopped(terminal: Terminal): undefined {
  cancel("Nothing was created.", terminal);
  return undefined;
}
