/** A PostgreSQL server of its own, and places for histories in it. */
import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { historySql } from "../../src/pubsub/adapters/postgres/schema.ts";
import { PASSWORD } from "../pubsub/engines.ts";

export const clientAt = (port: number, user = "wingbeat", password = PASSWORD): Client =>
  new Client({ host: "127.0.0.1", port, user, password, database: "postgres" });

/** Runs statements on a connection of their own. */
export async function run(
  port: number,
  sql: string,
  values: unknown[] = [],
): Promise<readonly Record<string, unknown>[]> {
  const client = clientAt(port);
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** A namespace with tables. */
export async function newNamespace(port: number, unlogged = false): Promise<string> {
  const namespace = `h-${randomUUID().slice(0, 13)}`;
  await run(port, historySql({ namespace, unlogged }));
  return namespace;
}
