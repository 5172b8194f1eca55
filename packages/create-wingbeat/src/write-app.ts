/** Copies a template. */
import { constants, copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import type { Template } from "./template.ts";

/** Names that npm would leave out of a package, or interpret itself. */
const STORED_AS: Readonly<Record<string, string>> = { _gitignore: ".gitignore" };
/** What remains after running a template in place. */
const LEFTOVERS = new Set(["node_modules", "dist", "package-lock.json"]);

interface Manifest {
  name: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** `version` is that of all Wingbeat packages. Throws when a file already exists. */
export function writeApp(path: string, template: Template, name: string, version: string): void {
  for (const [file, source] of filesOf(template)) {
    const target = join(path, dirname(file), STORED_AS[posix.basename(file)] ?? posix.basename(file));
    mkdirSync(dirname(target), { recursive: true });
    if (file === "package.json") writeNew(target, manifestText(readFileSync(source, "utf8"), name, version));
    else if (file === "README.md") writeNew(target, readFileSync(source, "utf8").replace(/^# .*/, `# ${name}`));
    else copyFileSync(source, target, constants.COPYFILE_EXCL);
  }
}

/** Where each file of the app comes from, by its path in the app, with `/` between folders. */
function filesOf({ folder, overlay }: Template): Map<string, string> {
  const files = filesBelow(sourceOf(folder));
  if (overlay === undefined) return files;
  for (const file of overlay.without) files.delete(file);
  return new Map([...files, ...filesBelow(sourceOf(overlay.folder))]);
}

const sourceOf = (folder: string): string => fileURLToPath(new URL(`../${folder}`, import.meta.url));

function filesBelow(root: string, folder = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (LEFTOVERS.has(entry.name)) continue;
    const path = posix.join(folder, entry.name);
    if (!entry.isDirectory()) files.set(path, join(root, path));
    else for (const [file, source] of filesBelow(root, path)) files.set(file, source);
  }
  return files;
}

function writeNew(target: string, text: string): void {
  writeFileSync(target, text, { flag: "wx" });
}

function manifestText(text: string, name: string, version: string): string {
  const manifest = JSON.parse(text) as Manifest;
  manifest.name = name;
  for (const dependencies of [manifest.dependencies, manifest.devDependencies]) {
    for (const needed of Object.keys(dependencies)) {
      if (needed === "wingbeat" || needed.startsWith("@wingbeat/")) dependencies[needed] = `^${version}`;
    }
  }
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
