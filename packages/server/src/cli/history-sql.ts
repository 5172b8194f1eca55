/** `wingbeat history:sql`: the tables and functions of `postgresHistory`. */
import { historySql } from "../pubsub/adapters/postgres/schema.ts";
import { CommandError } from "./command-error.ts";

interface Options {
  readonly namespace?: string | undefined;
  readonly unlogged?: boolean | undefined;
}

/** Returns the SQL to print. Throws `CommandError`. */
export function historyTables(args: readonly string[], { namespace = "wingbeat", unlogged = false }: Options): string {
  if (args.length > 0) throw new CommandError("history:sql prints SQL: wingbeat history:sql | psql");
  if (!/^[\w-]{1,40}$/.test(namespace)) {
    throw new CommandError(`--namespace is "${namespace}": it must be 1 to 40 letters, digits, "_" or "-"`);
  }
  return historySql({ namespace, unlogged });
}
