/** Demo data that is made once and put back many times: hashing passwords and writing a week of talk takes a second, this a moment. */
import { getTableColumns, getTableName, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { Db } from "../../src/database.ts";
import * as schema from "../../src/database/schema.ts";

/** All tables, those first that others refer to. */
const TABLES: readonly PgTable[] = [
  schema.users,
  schema.sessions,
  schema.userRoles,
  schema.rolePermissions,
  schema.rooms,
  schema.members,
  schema.messages,
  schema.mentions,
  schema.notifications,
  schema.reactions,
  schema.stars,
  schema.attachments,
  schema.ignores,
  schema.announcements,
];

/** Keeps what the database holds now. The function that is given puts it back, in one statement. */
export async function keepData(db: Db): Promise<() => Promise<void>> {
  const forgotten = Object.values(schema).filter((table) => !TABLES.includes(table));
  if (forgotten.length > 0) throw new Error(`not in the list: ${forgotten.map(getTableName).join(", ")}`);
  await db.execute(sql`drop schema if exists kept cascade`);
  await db.execute(sql`create schema kept`);
  for (const table of TABLES) await db.execute(sql`create table ${kept(table)} as select * from ${table}`);
  const steps = [
    // Much faster than truncating: each table has files of its own, and each of its indexes.
    ...TABLES.toReversed().map((table) => sql`delete from ${table}`),
    ...TABLES.map(putBack),
    ...TABLES.filter(hasIdentity).map(goOn),
  ];
  await db.execute(
    sql`create function kept.put_back() returns void language plpgsql as ${sql.raw(`$body$ begin`)} ${sql.join(steps, sql`; `)}; ${sql.raw(`end $body$`)}`,
  );
  return async () => {
    await db.execute(sql`select kept.put_back()`);
  };
}

const kept = (table: PgTable): SQL => sql`kept.${sql.identifier(getTableName(table))}`;

function putBack(table: PgTable): SQL {
  const columns = sql.join(
    Object.values(getTableColumns(table))
      .filter(({ generated }) => generated === undefined)
      .map(({ name }) => sql.identifier(nameOf(name))),
    sql`, `,
  );
  return sql`insert into ${table} (${columns}) overriding system value select ${columns} from ${kept(table)}`;
}

const hasIdentity = (table: PgTable): boolean =>
  Object.values(getTableColumns(table)).some(({ generatedIdentity }) => generatedIdentity !== undefined);

/** The next ids follow those that are there. */
const goOn = (table: PgTable): SQL =>
  sql`perform setval(pg_get_serial_sequence('${sql.raw(getTableName(table))}', 'id'), (select coalesce(max(id), 0) + 1 from ${table}), false)`;

/** As the database names a column: see `casing` in src/database.ts. */
const nameOf = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
