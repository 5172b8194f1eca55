/** Writes to the outbox within a transaction of the application. */
import type { DatabaseTransaction, OutboxEntry } from "../../history/store.ts";
import { plain } from "./plain.ts";
import { named } from "./schema/names.ts";

/** A `pg.Client` tells whether it is in a transaction: `I` is not. */
interface Observable {
  readonly connection?: {
    on?(event: "readyForQuery", listener: (message: { readonly status?: string }) => void): unknown;
    off?(event: "readyForQuery", listener: (message: { readonly status?: string }) => void): unknown;
  };
}

export class Outbox {
  readonly #statement: string;
  readonly #wake: () => void;
  /** Connections whose transaction has published. */
  readonly #observed = new WeakSet<object>();

  constructor(namespace: string, wake: () => void) {
    this.#statement = `INSERT INTO ${named(namespace, "outbox")} (topic, event, body, bytes, key, size, ttl, max_bytes)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
    this.#wake = wake;
  }

  async add(transaction: DatabaseTransaction, { topic, rule, event, body, id }: OutboxEntry): Promise<void> {
    const { size, ttl, maxBytes } = rule;
    const isText = typeof body === "string";
    await transaction.query(this.#statement, [
      plain(topic),
      plain(event),
      isText ? body : null,
      isText ? null : Buffer.from(body),
      id === undefined ? null : plain(id),
      size,
      ttl === Infinity ? null : ttl,
      maxBytes,
    ]);
    this.#observe((transaction as Observable).connection);
  }

  /**
   * Wakes when the transaction has ended, however it did. A NOTIFY inside of it would take a lock on the whole server at its
   * commit, and forbid to prepare it. Without such a connection the outbox is found when it is polled.
   */
  #observe(connection: Observable["connection"]): void {
    if (connection?.on === undefined || connection.off === undefined || this.#observed.has(connection)) return;
    const look = ({ status }: { readonly status?: string }): void => {
      if (status !== "I") return;
      connection.off?.("readyForQuery", look);
      this.#observed.delete(connection);
      this.#wake();
    };
    this.#observed.add(connection);
    connection.on("readyForQuery", look);
  }
}
