/** The folder with everything that one process keeps: PGlite's database and the secret. Two processes must not share it. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export class DataFolder {
  /** Where PGlite keeps its files. */
  readonly database: string;
  readonly #secret: string;
  readonly #owner: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.database = join(folder, "database");
    this.#secret = join(folder, "secret");
    this.#owner = join(folder, "process");
  }

  /** Takes the folder for this process. PGlite does not notice a second one that spoils its files, so this does. */
  claim(): void {
    const owner = this.#readOwner();
    if (owner !== undefined && isRunning(owner)) {
      throw new Error(
        `The data folder is in use by process ${owner}. Stop it first, or give this one a DATA_DIR of its own.`,
      );
    }
    rmSync(this.#owner, { force: true });
    // "wx": of two that start in the same moment one fails.
    writeFileSync(this.#owner, String(process.pid), { flag: "wx" });
  }

  release(): void {
    if (this.#readOwner() === process.pid) rmSync(this.#owner, { force: true });
  }

  /** Made at the first start and kept, so that nobody is logged out by a restart. */
  secret(): string {
    try {
      return readFileSync(this.#secret, "utf8");
    } catch {
      const secret = randomBytes(48).toString("base64url");
      writeFileSync(this.#secret, secret, { mode: 0o600 });
      return secret;
    }
  }

  #readOwner(): number | undefined {
    try {
      return Number(readFileSync(this.#owner, "utf8"));
    } catch {
      return undefined;
    }
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid || !Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
