/** A server as a process, which can be stopped, killed and started again on the same port. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { freePort } from "./free-port.ts";

export class Program {
  readonly port: number;
  readonly #script: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  private constructor(port: number, script: string, env: Readonly<Record<string, string>>) {
    this.port = port;
    this.#script = script;
    this.#env = env;
  }

  /** `script`, JavaScript or TypeScript, listens on `PORT`, and prints its address when it does. `env` is added to that of this process. */
  static async start(script: string, env: Readonly<Record<string, string>> = {}): Promise<Program> {
    const program = new Program(await freePort(), script, env);
    await program.start();
    return program;
  }

  /** Ready when it listens. */
  async start(): Promise<void> {
    const env = { ...process.env, ...this.#env, PORT: String(this.port) };
    const loader = this.#script.endsWith(".ts") ? ["--import", "tsx"] : [];
    const child = spawn(process.execPath, [...loader, this.#script], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    let printed = "";
    child.stderr.on("data", (data) => (printed += String(data)));
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (data) => {
        printed += String(data);
        if (printed.includes("http://localhost:")) resolve();
      });
      child.once("exit", (code) => reject(new Error(`the server has ended with ${code}:\n${printed}`)));
    });
  }

  /** Of the process that was started last. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("the server has not been started");
    return pid;
  }

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }
}
