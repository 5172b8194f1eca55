import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** Whether processes get a core each. Without `taskset` or a second core they share what there is. */
export const pinning = availableParallelism() > 1 && spawnSync("taskset", ["--version"]).status === 0;

/** The core of a process; null: any. */
export type Core = number | null;

/** Runs a script of this package in a process of its own on the given core, with an IPC channel. */
export function spawnPinned(core: Core, script: string, args: string[] = [], nodeOptions: string[] = []): ChildProcess {
  const node = [process.execPath, ...nodeOptions, fileURLToPath(new URL(script, import.meta.url)), ...args];
  const [command, ...rest] = pinning && core !== null ? ["taskset", "-c", String(core), ...node] : node;
  return spawn(command!, rest, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
}

/** The next IPC message of a process; rejects when the process ends instead. */
export function nextMessage<Message>(child: ChildProcess, name: string): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      child.off("exit", onExit);
      resolve(message as Message);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      child.off("message", onMessage);
      reject(new Error(`${name} ended (${signal ?? `exit code ${code}`})`));
    };
    child.once("message", onMessage);
    child.once("exit", onExit);
  });
}

/** Ends a process and resolves when it is gone. */
export function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
