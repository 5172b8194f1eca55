/** Programs of their own for tests: a Redis, and examples that share it. They are gone when the test is. */
/* oxlint-disable no-console -- says what is left out */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { freePort } from "../../../tools/test/free-port.ts";

/**
 * Whether there is a Redis to start. When not, says how to get one; where CI is set, that is an error, so that the tests
 * cannot be left out unseen.
 */
export function hasRedis(): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  if (folders.some((folder) => existsSync(join(folder, "redis-server")))) return true;
  const message = 'no redis-server: "apt-get install redis-server" gets it';
  if (process.env["CI"] === "true") throw new Error(message);
  console.warn(`Tests with two processes are left out: ${message}.`);
  return false;
}

/** An empty Redis on a free port of this machine, until the end of the test. Gives its URL. */
export async function startRedis(): Promise<string> {
  const { url, stop } = await redisServer();
  onTestFinished(stop);
  return url;
}

/** The same until it is stopped. */
export async function redisServer(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", save: "", appendonly: "no", dir: "/tmp" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stop } = await startProgram("redis-server", args, {}, /Ready to accept connections/);
  return { url: `redis://127.0.0.1:${port}`, stop };
}

export interface Process {
  readonly port: number;
  /** Resolves when it has ended by itself. */
  stop(): Promise<void>;
}

/** `npm start` of an example, as it was built, on a free port. */
export async function startExample(folder: string, environment: Record<string, string>): Promise<Process> {
  const main = fileURLToPath(new URL(`../../${folder}/dist/main.js`, import.meta.url));
  const settings = { PORT: "0", ...environment };
  const { found, stop } = await startProgram(process.execPath, [main], settings, /localhost:(\d+)/);
  onTestFinished(stop);
  return { port: Number(found[1]), stop };
}

export interface Program {
  /** What it printed to say that it is there. */
  readonly found: RegExpExecArray;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Resolves when the program prints what says that it is there. */
export async function startProgram(
  command: string,
  args: readonly string[],
  environment: Record<string, string>,
  ready: RegExp,
): Promise<Program> {
  const child = spawn(command, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  };
  let printed = "";
  const found = await new Promise<RegExpExecArray>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += String(chunk);
      const match = ready.exec(printed);
      if (match !== null) resolve(match);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${command} ended:\n${printed}`)));
  });
  return { found, pid: child.pid, stop };
}
