/** Checks that the database is ready for the history. */
import { WingbeatError } from "../../../errors.ts";
import { ask, codeOf } from "./client.ts";
import type { PostgresClient } from "./client.ts";
import { SCHEMA_VERSION } from "./schema.ts";
import { named } from "./schema/names.ts";

/** The operator must mend it: trying again is of no use. */
export class SetupError extends WingbeatError {
  constructor(message: string) {
    super("WB_OPTION", message);
  }
}

const TABLES = ["topic", "entry", "key", "outbox", "line", "push", "once"];

const STATE = `SELECT json_build_object(
  'encoding', current_setting('server_encoding'),
  'role', current_user,
  'isStandby', pg_is_in_recovery(),
  'denied', ARRAY(SELECT name FROM unnest($1::text[]) AS name
    WHERE NOT has_table_privilege(name, 'SELECT') OR NOT has_table_privilege(name, 'INSERT')
      OR NOT has_table_privilege(name, 'UPDATE') OR NOT has_table_privilege(name, 'DELETE')))::text AS answer`;

interface State {
  readonly encoding: string;
  readonly role: string;
  readonly isStandby: boolean;
  readonly denied: readonly string[];
}

/** Rejects with {@link SetupError}; with another error when the server cannot be used for now. */
export async function checkSetup(client: PostgresClient, namespace: string): Promise<void> {
  const version = await versionOf(client, namespace);
  if (version !== SCHEMA_VERSION) throw new SetupError(adviceFor(namespace, version));
  const tables = TABLES.map((table) => named(namespace, table));
  const { encoding, role, isStandby, denied } = (await ask(client, STATE, [tables])) as State;
  if (isStandby) throw new Error("the server is a standby: the history needs the primary");
  if (encoding !== "UTF8") {
    throw new SetupError(`The encoding of the database is ${encoding}: the history needs UTF8.`);
  }
  if (denied.length > 0) {
    throw new SetupError(
      `The role "${role}" may not use the tables of the history: ` +
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ${denied.join(", ")} TO "${role}";`,
    );
  }
}

/** Undefined when there is none. */
async function versionOf(client: PostgresClient, namespace: string): Promise<unknown> {
  try {
    return await ask(client, `SELECT ${named(namespace, "version")}()::text AS answer`, []);
  } catch (error) {
    if (codeOf(error) === "42883") return undefined;
    throw error;
  }
}

function adviceFor(namespace: string, version: unknown): string {
  const command = `npx wingbeat history:sql${namespace === "wingbeat" ? "" : ` --namespace ${namespace}`} | psql`;
  const what =
    version === undefined
      ? `The database has no tables for the history of the namespace "${namespace}"`
      : `The tables of the history are of version ${String(version)}, this server needs ${SCHEMA_VERSION}`;
  return `${what}. Create them: ${command}`;
}
