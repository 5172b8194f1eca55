/** An app is named after its folder, which must be a valid npm package name. */
import { basename, resolve } from "node:path";

const RULE = "lower-case letters, digits, dots, hyphens and underscores, starting with a letter or digit";
const NAME = /^[a-z0-9][a-z0-9._-]*$/;
const MAX_LENGTH = 214;
/** Names that npm reserves, and names of packages that the app installs. */
const TAKEN = new Set(["node_modules", "wingbeat", "zod", "tsx", "typescript", "vite", "vitest", "react", "react-dom"]);

/** The name of an app in this folder. */
export function appName(directory: string, cwd: string): string {
  return basename(resolve(cwd, directory));
}

/** What is wrong with a name, in a sentence that suggests a valid one. Undefined when the name is valid. */
export function nameFault(name: string): string | undefined {
  if (TAKEN.has(name))
    return `"${name}" is the name of a package that the app needs. Choose another name, e.g. my-${name}`;
  if (name.length > MAX_LENGTH) return `The name has ${name.length} characters, and npm allows ${MAX_LENGTH}.`;
  if (NAME.test(name)) return undefined;
  return `"${name}" is not a valid npm package name: use ${RULE}, e.g. ${validName(name)}`;
}

function validName(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "");
  return NAME.test(words) && !TAKEN.has(words) ? words : "my-app";
}
