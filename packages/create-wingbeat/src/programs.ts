/** Other programs that prepare the new folder. */
import { spawnSync } from "node:child_process";
import type { PackageManager } from "./package-manager.ts";

/** Installs the dependencies, showing the output. Returns false when that failed. */
export function install(path: string, { name }: PackageManager): boolean {
  // On Windows package managers are scripts, which need a shell.
  const { status } = spawnSync(name, ["install"], { cwd: path, stdio: "inherit", shell: process.platform === "win32" });
  return status === 0;
}

/** Makes a repository, unless the folder is inside one. Returns false when git is not installed. */
export function initGit(path: string): boolean {
  if (spawnSync("git", ["rev-parse", "--is-inside-work-tree"], { cwd: path, stdio: "ignore" }).status === 0)
    return true;
  return spawnSync("git", ["init", "--quiet"], { cwd: path, stdio: "ignore" }).status === 0;
}
