/** Examples that are programs of their own: started when somebody opens them, ended with the gallery. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Entry } from "./catalog.ts";

const ADDRESS = /http:\/\/localhost:(\d+)/;
/** Characters of a program's output that are kept, to say why it has not started. */
const KEPT = 2_000;

export class Programs {
  readonly #host: string;
  readonly #ports = new Map<string, Promise<number>>();
  readonly #children = new Set<ChildProcess>();

  /** `host` is the address that they listen on. */
  constructor(host: string) {
    this.#host = host;
    process.once("exit", () => void this.close());
  }

  /** The port of a program, which is started if it does not run. Rejects with what it printed when it ends instead. */
  portOf(entry: Entry): Promise<number> {
    const known = this.#ports.get(entry.name);
    if (known !== undefined) return known;
    const port = this.#start(entry);
    this.#ports.set(entry.name, port);
    port.catch(() => this.#ports.delete(entry.name)); // the next click tries again
    return port;
  }

  #start({ name, program = [] }: Entry): Promise<number> {
    // They are alone: what several processes share is not passed on.
    const { REDIS_URL: _, ...environment } = process.env;
    const child = spawn(process.execPath, program, {
      cwd: fileURLToPath(new URL(`../../${name}`, import.meta.url)),
      env: { ...environment, PORT: "0", HOST: this.#host },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#children.add(child);
    let printed = "";
    return new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (data) => {
          printed = (printed + String(data)).slice(-KEPT);
          const port = ADDRESS.exec(printed)?.[1];
          if (port !== undefined) resolve(Number(port));
        });
      }
      child.once("error", reject);
      child.once("close", () => {
        this.#children.delete(child);
        this.#ports.delete(name);
        reject(new Error(printed.trim() || "It has printed nothing."));
      });
    });
  }

  /** Ends them all. So does the end of this process. */
  async close(): Promise<void> {
    const ended = [...this.#children].map((child) => once(child, "close"));
    for (const child of this.#children) child.kill();
    this.#children.clear(); // a second signal would end a program that is saving its data
    await Promise.all(ended);
  }
}
