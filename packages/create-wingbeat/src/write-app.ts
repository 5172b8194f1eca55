/** Copies a template. */
import { copyFileSync, constants, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
  const from = fileURLToPath(new URL(`../${template.folder}`, import.meta.url));
  copyFolder(from, path, (file, text) => {
    if (file === "package.json") return manifestText(text, name, version);
    if (file === "README.md") return text.replace(/^# .*/, `# ${name}`);
    return undefined;
  });
}

type Rewrite = (file: string, text: string) => string | undefined;

function copyFolder(from: string, to: string, rewrite: Rewrite): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (LEFTOVERS.has(entry.name)) continue;
    const source = join(from, entry.name);
    const target = join(to, STORED_AS[entry.name] ?? entry.name);
    if (entry.isDirectory()) copyFolder(source, target, () => undefined);
    else copyFile(source, target, rewrite(entry.name, readFileSync(source, "utf8")));
  }
}

function copyFile(source: string, target: string, text: string | undefined): void {
  if (text === undefined) copyFileSync(source, target, constants.COPYFILE_EXCL);
  else writeFileSync(target, text, { flag: "wx" });
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
