/** A program that a test starts, stops and starts again, with a folder of its own. */
import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** The path of a program, or undefined when it is not installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const path = [...folders, ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return path.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints when it can be used. */
  readonly ready: string;
  /** What ends it. Default SIGTERM. */
  readonly signal?: NodeJS.Signals;
  /** Runs as this user; only root can. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

export class Program {
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined = undefined;
  #printed = "";
  readonly #kill = (): void => void this.#child?.kill("SIGKILL");

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** What it has printed since it was started. */
  get printed(): string {
    return this.#printed;
  }

  /** Resolves when it can be used. Rejects with what it printed when it ends instead. */
  async start(): Promise<void> {
    const { command, args, ready, user } = this.#options;
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...user });
    this.#child = child;
    process.once("exit", this.#kill);
    this.#printed = "";
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer): void => {
        this.#printed += String(chunk);
        if (this.#printed.includes(ready)) resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`${command} ended:\n${this.#printed}`)));
    });
  }

  /** Resolves when it has ended. */
  async stop(signal = this.#options.signal ?? "SIGTERM"): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    process.off("exit", this.#kill);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}

/** A new folder. Whoever makes it removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "wingbeat-"));
}

/** A user that is not root, for programs that refuse to run as root. Undefined when this process is not root. */
export function plainUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => {
    const of = (user: string): string =>
      execFileSync("id", [flag, user], { stdio: ["ignore", "pipe", "ignore"] }).toString();
    try {
      return Number(of("postgres"));
    } catch {
      return Number(of("nobody"));
    }
  };
  return { uid: id("-u"), gid: id("-g") };
}
