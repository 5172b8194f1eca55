/** The keys of what transactions of the application have done once. */
import { WingbeatError } from "../../../errors.ts";
import type { DatabaseTransaction } from "../../history/store.ts";
import { plain } from "./plain.ts";
import { named } from "./schema/names.ts";

/**
 * Takes a key for this transaction, or gives what was stored with it. It waits while another transaction has it. Rejects with
 * `WB_OPTION` when this transaction has it already.
 */
export async function beginOnce(tx: DatabaseTransaction, namespace: string, key: string): Promise<string | undefined> {
  const table = named(namespace, "once");
  for (;;) {
    const insert = `INSERT INTO ${table} (key) VALUES ($1) ON CONFLICT (key) DO NOTHING RETURNING key`;
    if ((await rowsOf(tx, insert, [plain(key)])).length > 0) return undefined;
    const [row] = await rowsOf(tx, `SELECT reply FROM ${table} WHERE key = $1`, [plain(key)]);
    if (typeof row?.["reply"] === "string") return row["reply"];
    // Without a row: it was forgotten a moment ago.
    if (row !== undefined) throw misused(`"${key}" was begun, and has not come to its end`);
  }
}

/** Stores what a key has led to. Rejects with `WB_OPTION` outside of a transaction. */
export async function endOnce(tx: DatabaseTransaction, namespace: string, key: string, reply: string): Promise<void> {
  // The time of a transaction is one: a row of another time was committed before.
  const update = `UPDATE ${named(namespace, "once")} SET reply = $2 WHERE key = $1 AND at = now() RETURNING key`;
  const rows = await rowsOf(tx, update, [plain(key), reply]);
  if (rows.length === 0) throw misused("it was called outside of a transaction");
}

const misused = (what: string): WingbeatError =>
  new WingbeatError("WB_OPTION", `once: ${what}. Call it between BEGIN and COMMIT, once for each key.`);

/** Throws for a wrapper that does not resolve with rows. */
async function rowsOf(
  tx: DatabaseTransaction,
  statement: string,
  values: unknown[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const result = (await tx.query(statement, values)) as { readonly rows?: unknown } | undefined;
  if (Array.isArray(result?.rows)) return result.rows as Readonly<Record<string, unknown>>[];
  throw new WingbeatError("WB_OPTION", "once: tx.query must resolve with { rows }, as a client of pg does.");
}
