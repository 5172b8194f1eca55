/** Writes generated files: all of them, or none. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommandError } from "./command-error.ts";
import type { NewFile } from "./project.ts";

/** Throws `CommandError` when one of the files already exists. */
export function writeNew(root: string, files: readonly NewFile[]): void {
  const taken = files.map(({ path }) => path).filter((path) => existsSync(join(root, path)));
  if (taken.length > 0) {
    const verb = taken.length === 1 ? "exists" : "exist";
    throw new CommandError(`${taken.join(" and ")} ${verb} already, so nothing was written. Choose another name.`);
  }
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: "wx" });
  }
}
