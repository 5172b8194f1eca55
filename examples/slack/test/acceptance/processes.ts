/** Several server processes as a team would run them: one PostgreSQL, one Redis, told by environment variables alone. */
import { fileURLToPath } from "node:url";
import { freePort } from "../../../../tools/test/free-port.ts";
import { redisServer, startProgram } from "../../../site/test/processes.ts";
import type { Program } from "../../../site/test/processes.ts";
import type { TestDatabase } from "../databases.ts";

export interface Servers {
  readonly urls: readonly string[];
  restart(): Promise<void>;
  close(): Promise<void>;
}

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

export async function startProcesses(
  database: TestDatabase,
  count: number,
  { secret, idleMs }: { secret: string; idleMs: number },
): Promise<Servers> {
  if (database.url === undefined) throw new Error("several processes need PostgreSQL");
  const redis = await redisServer();
  const ports: number[] = [];
  for (let n = 0; n < count; n++) ports.push(await freePort());
  const environment = {
    HOST: "127.0.0.1",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    SECRET_KEY_BASE: secret,
    SLACK_IDLE_MS: String(idleMs),
    SLACK_DEV: "1",
  };
  let programs: Program[] = [];
  const start = async (): Promise<void> => {
    programs = await Promise.all(
      ports.map((port) =>
        startProgram(process.execPath, [MAIN], { ...environment, PORT: String(port) }, /localhost:(\d+)/),
      ),
    );
  };
  const stop = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.stop()));
  };
  await start();
  return {
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    async restart() {
      await stop();
      await start();
    },
    async close() {
      await stop();
      await redis.stop();
    },
  };
}
