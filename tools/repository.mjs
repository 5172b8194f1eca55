/** The files of this repository, without what is installed, built or measured. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SKIPPED = new Set(["node_modules", "dist", "cjs", ".git", "coverage", ".vite", "artifacts", "template-ai-chat"]);

export const root = join(import.meta.dirname, "..");

/** Paths of all files at or below a folder, relative to the root. */
export function filesBelow(folder = "") {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

export function readText(path) {
  return readFileSync(join(root, path), "utf8");
}

export function readJson(path) {
  return JSON.parse(readText(path));
}
