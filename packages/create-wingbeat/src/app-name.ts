/** The name of an app is that of its folder, and must do as the name of an npm package. */
import { basename, resolve } from "node:path";

const RULE = "lower-case letters, digits, dots, hyphens and underscores, beginning with a letter or digit";
const NAME = /^[a-z0-9][a-z0-9._-]*$/;
const MAX_LENGTH = 214;
/** Names that npm keeps for itself, and those of packages that the app installs. */
const TAKEN = new Set(["node_modules", "wingbeat", "zod", "tsx", "typescript", "vite", "vitest"]);

/** The name that an app in this folder has. */
export function appName(directory: string, cwd: string): string {
  return basename(resolve(cwd, directory));
}

/** What is wrong with a name, as a sentence with one that would do. Undefined when it will do. */
export function nameFault(name: string): string | undefined {
  if (TAKEN.has(name))
    return `"${name}" is the name of a package that the app needs. Choose another one, e.g. my-${name}`;
  if (name.length > MAX_LENGTH) return `The name has ${name.length} characters, and npm allows ${MAX_LENGTH}.`;
  if (NAME.test(name)) return undefined;
  return `"${name}" cannot be the name of an npm package: it takes ${RULE}. E.g. ${validName(name)}`;
}

function validName(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "");
  return NAME.test(words) && !TAKEN.has(words) ? words : "my-app";
}
