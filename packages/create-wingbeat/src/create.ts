/** Creates the app, and prints the next steps. */
import { resolve } from "node:path";
import { appName } from "./app-name.ts";
import { CommandError } from "./command-error.ts";
import type { PackageManager } from "./package-manager.ts";
import { initGit, install } from "./programs.ts";
import type { Plan } from "./questions.ts";
import { changeDirectory } from "./target.ts";
import { writeApp } from "./write-app.ts";

const DEPLOYMENT = "https://wingbeat.github.io/wingbeat/guide/deployment";

/** Returns the text to print at the end. Throws `CommandError` when the dependencies cannot be installed. */
export function create(plan: Plan, cwd: string, manager: PackageManager, version: string): string {
  const path = resolve(cwd, plan.directory);
  const name = appName(plan.directory, cwd);
  writeApp(path, plan.template, name, version);
  const hasGit = !plan.git || initGit(path);
  const change = changeDirectory(plan.directory, cwd);
  if (plan.install && !install(path, manager)) {
    const again = [change, `${manager.name} install`].filter((step) => step !== undefined).join(" && ");
    throw new CommandError(
      `Created ${name}, but ${manager.name} could not install its dependencies. Try again: ${again}`,
    );
  }
  const steps = [change, plan.install ? undefined : `${manager.name} install`, manager.run("dev")];
  return [
    `Created ${name}${hasGit ? "" : " without a git repository, because git is not installed"}. Next:`,
    "",
    ...steps.filter((step) => step !== undefined).map((step) => `    ${step}`),
    "",
    plan.template.next,
    `${manager.run("test")} runs its tests, ${manager.run("check")} checks its types; README.md explains the files.`,
    `To deploy it: ${manager.run("build")}, then NODE_ENV=production PORT=80 ${manager.run("start")}. How, on which machines:`,
    DEPLOYMENT,
  ].join("\n");
}
