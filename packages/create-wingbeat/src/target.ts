/** The directory of the app: new or empty. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { appName, nameFault } from "./app-name.ts";

/** What an "empty" folder may contain: a fresh repository. */
const HARMLESS = new Set([".git", ".DS_Store"]);
const SHOWN = 3;

/** Why a directory cannot be used, as a sentence. Undefined when it can. */
export function targetFault(directory: string, cwd: string): string | undefined {
  return nameFault(appName(directory, cwd)) ?? contentFault(directory, resolve(cwd, directory));
}

function contentFault(directory: string, path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return `${directory} is a file. Choose another name.`;
  const found = readdirSync(path).filter((name) => !HARMLESS.has(name));
  if (found.length === 0) return undefined;
  const rest = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
  return `${directory} is not empty (${found.slice(0, SHOWN).join(", ")}${rest}), and nothing is ever overwritten. Choose another directory.`;
}

/** The command that changes to the directory. Undefined when it is the current one. */
export function changeDirectory(directory: string, cwd: string): string | undefined {
  const path = relative(cwd, resolve(cwd, directory));
  if (path === "") return undefined;
  return path.includes(" ") ? `cd "${path}"` : `cd ${path}`;
}
