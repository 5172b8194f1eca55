/** Databases for tests: on PGlite (a copy of one that is made once) or PostgreSQL. */
import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import pg from "pg";
import { openDatabase } from "../src/database.ts";
import type { Database } from "../src/database.ts";
import { postgresServer } from "./postgres.ts";

export interface TestDatabase extends Database {
  /** Of PostgreSQL, for other processes. Undefined: PGlite. */
  readonly url: string | undefined;
}

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));

// PGlite is for some seconds in each test file: not long enough for code that is made faster to pay for itself.
setFlagsFromString("--liftoff-only");

/** For `beforeAll`: the first PGlite of a machine takes seconds to be made, and more when all its cores are at work. */
export const DATABASE_TIMEOUT = 120_000;

/**
 * An empty database with all tables: one for a test file. Close it at the end. The engine is `pglite` or `postgres`, as
 * `SLACK_TEST_DB` says; default PGlite.
 */
export async function freshDatabase(engine = process.env["SLACK_TEST_DB"] || "pglite"): Promise<TestDatabase> {
  if (engine === "pglite") return pgliteDatabase();
  if (engine === "postgres") return postgresDatabase();
  throw new Error(`there is no database "${engine}" for tests: use pglite or postgres`);
}

async function pgliteDatabase(): Promise<TestDatabase> {
  const template = await emptyPglite();
  const folder = mkdtempSync(join(tmpdir(), "slack-pglite-"));
  cpSync(template, folder, { recursive: true });
  const database = await openDatabase({ folder });
  return {
    ...database,
    url: undefined,
    async close() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folder of an empty PGlite with these migrations, to be copied. Of several that make it at the same time, one stays. */
export async function emptyPglite(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql"))) {
    hash.update(readFileSync(join(MIGRATIONS, name)));
  }
  const template = join(tmpdir(), `slack-pglite-template-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(template)) return template;
  const folder = mkdtempSync(join(tmpdir(), "slack-pglite-"));
  await (await openDatabase({ folder })).close();
  try {
    renameSync(folder, template);
  } catch {
    rmSync(folder, { recursive: true, force: true }); // another one was faster
  }
  return template;
}

async function postgresDatabase(): Promise<TestDatabase> {
  const server = await postgresServer();
  const name = `slack_test_${randomBytes(6).toString("hex")}`;
  await run(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href });
  return {
    ...database,
    url: url.href,
    async close() {
      await database.close();
      await run(server.url, `drop database ${name} with (force)`);
      await server.stop();
    },
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
