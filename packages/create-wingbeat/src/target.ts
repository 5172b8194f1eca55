/** Where the app goes: into a folder that is new, or empty. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { relative, resolve } from "node:path";
import { appName, nameFault } from "./app-name.ts";

/** What may be in the folder: a repository that was made before its contents. */
const HARMLESS = new Set([".git", ".DS_Store"]);
const SHOWN = 3;

/** Why no app can go to a directory, as a sentence. Undefined when one can. */
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

/** What to type to get there from here. Undefined when that is here. */
export function changeDirectory(directory: string, cwd: string): string | undefined {
  const path = relative(cwd, resolve(cwd, directory));
  if (path === "") return undefined;
  return path.includes(" ") ? `cd "${path}"` : `cd ${path}`;
}
