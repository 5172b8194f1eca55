/**
 * The tables and functions of the history in PostgreSQL, as `wingbeat history:sql` prints them. The functions run with the
 * rights of who calls them. Each call is one transaction, so that what it does is there whole or not at all.
 */
import { functions } from "./schema/functions.ts";
import { named } from "./schema/names.ts";
import { tables } from "./schema/tables.ts";

/** Changes with every change of the tables and functions: a server refuses to start with others than its own. */
export const SCHEMA_VERSION = 2;

export interface HistorySqlOptions {
  /** As in `postgresHistory`: the names of the tables begin with it. */
  readonly namespace: string;
  /** Writes the log without a write-ahead log: faster, and empty after a crash or a failover. The outbox is always safe. */
  readonly unlogged: boolean;
}

/** It can be run again: what is there already stays. */
export function historySql({ namespace, unlogged }: HistorySqlOptions): string {
  const statements = [
    ...tables(namespace, unlogged),
    ...functions(namespace),
    `CREATE OR REPLACE FUNCTION ${named(namespace, "version")}() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT ${SCHEMA_VERSION}';`,
  ];
  return ["BEGIN;", ...statements, "COMMIT;"].join("\n\n");
}
