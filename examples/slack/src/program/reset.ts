import { rmSync } from "node:fs";
import { getTableName } from "drizzle-orm";
import pg from "pg";
import { unreachable } from "../database.ts";
import * as schema from "../database/schema.ts";

/** Removes PGlite's files. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Removes this application's tables from a PostgreSQL server, and the list of its migrations. Nothing else is touched. */
export async function dropTables(url: string): Promise<void> {
  const tables = Object.values(schema).map((table) => `"${getTableName(table)}"`);
  const client = new pg.Client({ connectionString: url });
  await client.connect().catch((error: Error) => {
    throw unreachable(error);
  });
  try {
    await client.query(`drop table if exists ${tables.join(", ")}, drizzle.__drizzle_migrations cascade`);
  } finally {
    await client.end();
  }
}
