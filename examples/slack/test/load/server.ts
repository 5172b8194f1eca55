/** The server as a program, on a core of its own where there is `taskset`, and its database, which both sides look into. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { freePort, startProgram } from "../../../site/test/processes.ts";
import { openDatabase } from "../../src/database.ts";
import type { Database } from "../../src/database.ts";
import { postgresServer } from "../postgres.ts";

export interface LoadedServer {
  readonly url: string;
  readonly secret: string;
  readonly database: Database;
  /** Resident memory of the server's process. */
  megabytes(): number;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const SECRET = "a secret of the load test, long enough to sign passes with";

/** On a PostgreSQL that is started for it, or the one in `DATABASE_TEST_URL`. */
export async function startServer(): Promise<LoadedServer> {
  const postgres = await postgresServer();
  const port = await freePort();
  const pinned = spawnSync("taskset", ["--version"]).status === 0;
  const command = [...(pinned ? ["taskset", "-c", "0"] : []), process.execPath, MAIN];
  const environment = {
    PORT: String(port),
    HOST: "127.0.0.1",
    DATABASE_URL: postgres.url,
    SECRET_KEY_BASE: SECRET,
  };
  const program = await startProgram(command[0] as string, command.slice(1), environment, /localhost:(\d+)/);
  const database = await openDatabase({ url: postgres.url });
  return {
    url: `http://127.0.0.1:${port}`,
    secret: SECRET,
    database,
    megabytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, "utf8"))?.[1]) / 1024,
    async close() {
      await program.stop();
      await database.close();
      await postgres.stop();
    },
  };
}
