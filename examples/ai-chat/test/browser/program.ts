/** The server as `npm run build` has made it, as a process that can be stopped, killed and started again. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../tools/test/free-port.ts";

const SERVER = fileURLToPath(new URL("../../dist/server.js", import.meta.url));

export class Program {
  readonly port: number;
  readonly #data = mkdtempSync(join(tmpdir(), "ai-chat-browser-"));
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<Program> {
    const program = new Program(await freePort());
    await program.start();
    return program;
  }

  /** With the data of the process before. Ready when it listens. */
  async start(): Promise<void> {
    const { OPENAI_BASE_URL: _, ...rest } = process.env;
    const env = { ...rest, PORT: String(this.port), DATA_DIR: this.#data, TOKENS_PER_SECOND: "5" };
    const child = spawn(process.execPath, [SERVER], { env, stdio: ["ignore", "pipe", "pipe"] });
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

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  async close(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.#data, { recursive: true });
  }
}
