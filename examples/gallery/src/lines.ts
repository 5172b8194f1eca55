import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const EXAMPLES = fileURLToPath(new URL("../../", import.meta.url));
const CODE = new Set([".ts", ".tsx", ".vue", ".svelte"]);

/** Lines of an example's server and page that are not empty; without tests and generated files. */
export function countLines(name: string): number {
  return ["src", "web", "page"].flatMap((part) => filesIn(join(EXAMPLES, name, part))).reduce(addLines, 0);
}

function filesIn(folder: string): string[] {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // not every example has each part
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "dist" ? [] : filesIn(path);
    return CODE.has(extname(path)) && !/\.(test|config)\.tsx?$/.test(path) ? [path] : [];
  });
}

function addLines(sum: number, path: string): number {
  return (
    sum +
    readFileSync(path, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "").length
  );
}
