/** The server as a program, on a core of its own where there is `taskset`, and its database, which both sides look into. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../tools/test/free-port.ts";
import { openDatabase } from "../../src/database.ts";
import type { Database } from "../../src/database.ts";
import { postgresServer } from "../postgres.ts";

export interface LoadedServer {
  readonly url: string;
  readonly secret: string;
  readonly database: Database;
  /** Rejects, with what it has printed, when the server ends before it is closed. */
  readonly ended: Promise<never>;
  /** The server's heap in use, after a garbage collection. */
  heapMegabytes(): Promise<number>;
  /** Resident memory of the server's process, which may keep what it has had once. */
  residentMegabytes(): number;
  /** Seconds of a core that the server has used up to now; undefined where the system does not say. */
  cpuSeconds(): number | undefined;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const SECRET = "a secret of the load test, long enough to sign passes with";
/** Characters of the server's output that are kept. */
const LAST_WORDS = 4_000;
/** Of `/proc`, on every Linux. */
const TICKS_PER_SECOND = 100;

/** On a PostgreSQL that is started for it, or the one in `DATABASE_TEST_URL`. */
export async function startServer(nodeOptions: readonly string[]): Promise<LoadedServer> {
  const postgres = await postgresServer();
  const port = await freePort();
  const pinned = spawnSync("taskset", ["--version"]).status === 0;
  const node = [process.execPath, "--expose-gc", ...nodeOptions, MAIN];
  const [command = "", ...args] = pinned ? ["taskset", "-c", "0", ...node] : node;
  const env = {
    ...process.env,
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: postgres.url,
    SECRET_KEY_BASE: SECRET,
    SLACK_DEV: "1",
  };
  const program = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => program.kill("SIGKILL"));
  let printed = "";
  for (const stream of [program.stdout, program.stderr]) {
    stream.on("data", (chunk: Buffer) => (printed = (printed + String(chunk)).slice(-LAST_WORDS)));
  }
  const closed = once(program, "close");
  let isClosing = false;
  const ended = closed.then(([code, signal]): Promise<never> => {
    if (isClosing) return new Promise<never>(() => {});
    throw new Error(`the server has ended with ${String(signal ?? code)}:\n${printed}`);
  });
  ended.catch(() => {}); // whoever waits for something else hears of it
  while (!printed.includes("localhost:")) await Promise.race([once(program.stdout, "data"), ended]);
  const database = await openDatabase({ url: postgres.url });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    secret: SECRET,
    database,
    ended,
    async heapMegabytes() {
      const { memory } = (await (await fetch(`${url}/debug/stats`)).json()) as { memory: NodeJS.MemoryUsage };
      return memory.heapUsed / 1024 ** 2;
    },
    residentMegabytes: () => Number(/VmRSS:\s+(\d+)/.exec(processFile(program.pid, "status"))?.[1]) / 1024,
    cpuSeconds() {
      // The fields after the program's name, which may have spaces: the 14th and 15th of the line.
      const fields = processFile(program.pid, "stat").split(") ").at(-1)?.split(" ") ?? [];
      const ticks = Number(fields[11]) + Number(fields[12]);
      return Number.isNaN(ticks) ? undefined : ticks / TICKS_PER_SECOND;
    },
    async close() {
      isClosing = true;
      program.kill("SIGTERM");
      await closed;
      await database.close();
      await postgres.stop();
    },
  };
}

function processFile(pid: number | undefined, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}
