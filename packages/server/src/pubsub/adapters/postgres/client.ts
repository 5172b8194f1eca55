/** What is used of the library `pg`. */

/** The part of a `pg.Client` that is used. */
export interface PostgresClient {
  connect(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<unknown>;
  end(): Promise<void>;
  on(event: "notification", listener: (notification: Notification) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  /**
   * The socket, which the library keeps here. It is destroyed because `end` alone leaves it open when the peer is
   * silent.
   */
  readonly connection?: { readonly stream?: { destroy(): unknown } };
}

export interface Notification {
  readonly channel?: string | undefined;
  readonly payload?: string | undefined;
}

/** Milliseconds for PostgreSQL to confirm the end of a connection. */
const CLOSE_TIMEOUT = 500;

export async function close(client: PostgresClient): Promise<void> {
  const timer = setTimeout(() => client.connection?.stream?.destroy(), CLOSE_TIMEOUT);
  try {
    await client.end();
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a statement that answers one value as text, `AS answer`, which is JSON: no parser of types is involved. */
export async function ask(client: PostgresClient, statement: string, values: unknown[]): Promise<unknown> {
  const result = (await client.query(statement, values)) as { readonly rows: readonly { answer: string | null }[] };
  const answer = result.rows[0]?.answer;
  return typeof answer === "string" ? (JSON.parse(answer) as unknown) : undefined;
}

/**
 * The code of an error with which PostgreSQL has ended a statement, and its transaction with it. Undefined when nobody knows
 * whether the transaction was committed.
 */
export function codeOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { readonly code?: unknown; readonly severity?: unknown };
  // FATAL ends the connection, perhaps after the commit. 08… and 40003 say that it is not known.
  if (typeof code !== "string" || severity !== "ERROR" || code.startsWith("08") || code === "40003") return undefined;
  return code;
}

/** The message of an error. An AggregateError (several addresses) has none of its own. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

/** Settles as the promise does; rejects after `ms` milliseconds. */
export async function within<T>(ms: number, promise: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined = undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
