/** The database: a PostgreSQL server, or PGlite in this process. The same SQL and migrations for both. */
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { drizzle as drizzlePg } from "drizzle-orm/node-postgres";
import { migrate as migratePg } from "drizzle-orm/node-postgres/migrator";
import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import { drizzle as drizzlePglite } from "drizzle-orm/pglite";
import { migrate as migratePglite } from "drizzle-orm/pglite/migrator";
import pg from "pg";
import * as schema from "./database/schema.ts";

/** A database, or a transaction in it. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

export interface Database {
  readonly db: Db;
  /** `postgres` or `pglite`. */
  readonly engine: "postgres" | "pglite";
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** `postgres://…`: a server. Default: none, PGlite. */
  readonly url?: string | undefined;
  /** PGlite's folder. Default: in memory. */
  readonly folder?: string | undefined;
}

const MIGRATIONS = fileURLToPath(new URL("../migrations", import.meta.url));
/** Server processes that start at the same time migrate one after the other. */
const MIGRATION_LOCK = 714_220_117;
const SETTINGS = { schema, casing: "snake_case" } as const;

/** Opens the database and brings its tables up to date. Rejects when it cannot be reached. */
export function openDatabase({ url, folder }: DatabaseOptions = {}): Promise<Database> {
  return url === undefined ? openPglite(folder) : openPostgres(url);
}

async function openPglite(folder: string | undefined): Promise<Database> {
  const client = await PGlite.create(folder === undefined ? {} : { dataDir: folder });
  const db = drizzlePglite(client, SETTINGS);
  await migratePglite(db, { migrationsFolder: MIGRATIONS });
  return { db, engine: "pglite", close: () => client.close() };
}

async function openPostgres(url: string): Promise<Database> {
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  // An idle connection that is lost is replaced when one is needed; queries that fail reject.
  pool.on("error", () => {});
  const client = await pool.connect().catch(async (error: Error) => {
    await pool.end();
    throw unreachable(error);
  });
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await migratePg(drizzlePg(client, SETTINGS), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    client.release();
  }
  return { db: drizzlePg(pool, SETTINGS), engine: "postgres", close: () => pool.end() };
}

/** Of a name with several addresses, the error has no message, just a code. */
export const unreachable = (error: NodeJS.ErrnoException): Error =>
  new Error(`PostgreSQL cannot be reached at DATABASE_URL: ${error.message || error.code}`, { cause: error });
