import { execFile } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** As it was built. */
const MAKER = fileURLToPath(new URL("database-maker.js", import.meta.url));

/** Whether PGlite has never been started in this folder. */
export const isNew = (folder: string): boolean => !existsSync(folder);

/**
 * Makes PGlite's database. That takes it seconds and half a gigabyte which a process keeps for ever, so one that ends
 * afterwards does it. A start that is broken off leaves nothing behind that looks like a database.
 */
export async function makeDatabase(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  await promisify(execFile)(process.execPath, [MAKER, unfinished]);
  renameSync(unfinished, folder);
}
