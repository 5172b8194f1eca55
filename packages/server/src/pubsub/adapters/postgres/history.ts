/**
 * A history in PostgreSQL: a table of logs and a table of entries. The row of a log is locked up to the commit of what is
 * appended, so that offsets become visible in their order and without holes. The alternative, numbers of a sequence, become
 * visible in another order: readers would skip what is committed later.
 *
 * It is also the only store that publishes within the transactions of an application: see `outbox`.
 *
 * @example
 * postgresHistory({ connect: () => new pg.Client("postgres://127.0.0.1/app") })
 */
import { WingbeatError } from "../../../errors.ts";
import { checkCount, checkKeys, checkTimeout, withDefaults } from "../../../options.ts";
import type { Head } from "../../history/position.ts";
import { NotStored } from "../../history/store.ts";
import type { PushStore } from "../../pushes/store.ts";
import type {
  Batch,
  DatabaseTransaction,
  HistoryRule,
  HistoryStore,
  OutboxEntry,
  Range,
  Slice,
  StoreEvents,
  StoreStatus,
} from "../../history/store.ts";
import { namespaceOf } from "../../remote/engine-adapter.ts";
import { Appender } from "./appender.ts";
import type { Answer, Telling } from "./appender.ts";
import type { PostgresClient } from "./client.ts";
import { Listener } from "./listener.ts";
import { readNotice } from "./notification.ts";
import { Outbox } from "./outbox.ts";
import { plain } from "./plain.ts";
import { Pool } from "./pool.ts";
import { PostgresPushes } from "./pushes.ts";
import { channelOf, named } from "./schema/names.ts";
import { checkSetup } from "./setup.ts";
import { sliceOf } from "./slice.ts";
import type { WrittenSlice } from "./slice.ts";
import { Upkeep } from "./upkeep.ts";

export interface PostgresHistoryOptions {
  /**
   * Creates a client. Called for each connection; the history closes it. It must connect to the primary, directly or through
   * a pooler in session mode.
   */
  readonly connect: () => PostgresClient;
  /** Begins the names of the tables: letters, digits, `_`, `-`. Default `wingbeat`. */
  readonly namespace?: string;
  /**
   * How entries come to the other nodes. `notify`: with NOTIFY, which everybody can read and write who may connect to the
   * database. `topics`: NOTIFY only names the topic, and nodes read the tables: for databases that others may connect to.
   * `adapter`: the PubSub adapter sends them, because every commit with a NOTIFY takes a lock on the whole server.
   * Default `notify`.
   */
  readonly fanOut?: "notify" | "topics" | "adapter";
  /** Connections to read and write with; another one listens. Default 4. */
  readonly maxConnections?: number;
  /**
   * Milliseconds for which `once` remembers a key: at least the longest `window` of `.dedupe`, and as long as clients keep
   * pushes to send them again. Infinity: for ever. Default 604,800,000 (7 days).
   */
  readonly onceWindow?: number;
}

/** Defaults of the limits, as docs/reference/limits.md lists them. */
export const POSTGRES_HISTORY_LIMITS = { maxConnections: 4, onceWindow: 604_800_000 } as const;

const TELLING: Readonly<Record<string, Telling>> = { adapter: 0, topics: 1, notify: 2 };

/** A history in PostgreSQL, in tables that `wingbeat history:sql` prints. Throws `WB_OPTION`. */
export function postgresHistory(options: PostgresHistoryOptions): HistoryStore {
  checkKeys("postgresHistory", options, ["connect", "namespace", "fanOut", "maxConnections", "onceWindow"]);
  const { connect, fanOut = "notify" } = options;
  const { maxConnections, onceWindow } = withDefaults(POSTGRES_HISTORY_LIMITS, options);
  if (typeof connect !== "function") {
    throw new WingbeatError(
      "WB_OPTION",
      "postgresHistory.connect must be a function: connect: () => new pg.Client(url).",
    );
  }
  if (!Object.hasOwn(TELLING, fanOut)) {
    throw new WingbeatError(
      "WB_OPTION",
      `postgresHistory.fanOut is "${fanOut}": it must be "notify", "topics" or "adapter".`,
    );
  }
  checkCount("postgresHistory.maxConnections", maxConnections);
  checkTimeout("postgresHistory.onceWindow", onceWindow);
  const namespace = namespaceOf("postgresHistory", options);
  return new PostgresHistory({ connect, namespace, fanOut, maxConnections, onceWindow });
}

class PostgresHistory implements HistoryStore {
  readonly fansOut: boolean;
  readonly pushes: PushStore;
  readonly #namespace: string;
  readonly #pool: Pool;
  readonly #listener: Listener;
  readonly #appender: Appender;
  readonly #upkeep: Upkeep;
  readonly #outbox: Outbox;
  #events: StoreEvents | undefined = undefined;
  #since = Date.now();
  /** Whether it was up before: what was stored since then may have been missed. */
  #wasUp = false;

  constructor({ connect, namespace, fanOut, maxConnections, onceWindow }: Required<PostgresHistoryOptions>) {
    const telling = TELLING[fanOut] as Telling;
    this.fansOut = telling !== TELLING["adapter"];
    this.#namespace = namespace;
    this.#pool = new Pool(connect, maxConnections);
    this.#listener = new Listener({
      connect,
      namespace,
      channels: [channelOf(namespace, "history"), channelOf(namespace, "outbox")],
      check: (client) => checkSetup(client, namespace),
      receive: (channel, payload) => this.#receive(channel, payload),
      up: () => this.#up(),
      down: (reason) => this.#down(reason),
    });
    this.#appender = new Appender(this.#pool, namespace, telling);
    this.pushes = new PostgresPushes(this.#pool, namespace, this.#listener);
    this.#upkeep = new Upkeep(this.#pool, this.#listener, {
      namespace,
      // What leaves the outbox has no publisher that could send it.
      telling: telling === 0 ? 2 : telling,
      onceWindow,
    });
    this.#outbox = new Outbox(namespace, () => this.#upkeep.wake());
  }

  async start(events: StoreEvents): Promise<void> {
    this.#events = events;
    await this.#listener.start();
    this.#upkeep.start();
  }

  append(batch: Batch): Promise<Answer> {
    if (this.#listener.isUp) return this.#appender.append(batch);
    const message = `PostgreSQL cannot be reached: ${this.#listener.reason}`;
    return Promise.reject(!batch.isRepeat ? new NotStored(message) : new Error(message));
  }

  async read(topic: string, { size, ttl, maxBytes }: HistoryRule, range: Range): Promise<Slice> {
    const { after, limit } = range;
    const statement = `SELECT ${this.#name("read")}($1, $2, $3, $4, $5, $6)::text AS answer`;
    const values = [plain(topic), size, ttl === Infinity ? null : ttl, maxBytes, after ?? null, limit];
    for (;;) {
      const answer = await this.#pool.ask(statement, values);
      if (answer !== undefined) return sliceOf(topic, answer as WrittenSlice, range);
      await this.#pool.ask(`SELECT to_json(${this.#name("open")}($1))::text AS answer`, [plain(topic)]);
    }
  }

  async heads(topics: readonly string[]): Promise<readonly (Head | undefined)[]> {
    const answer = await this.#pool.ask(`SELECT ${this.#name("heads")}($1)::text AS answer`, [topics.map(plain)]);
    const heads = new Map(Object.entries((answer ?? {}) as Readonly<Record<string, Head>>));
    return topics.map((topic) => heads.get(plain(topic)));
  }

  async clear(topic: string): Promise<void> {
    await this.#pool.ask(`SELECT ${this.#name("clear")}($1)::text AS answer`, [plain(topic)]);
  }

  outbox(transaction: DatabaseTransaction, entry: OutboxEntry): Promise<void> {
    return this.#outbox.add(transaction, entry);
  }

  status(): StoreStatus {
    const { isUp, reason } = this.#listener;
    const state = { store: "postgres", since: this.#since };
    return isUp ? { ...state, state: "up" } : { ...state, state: "down", reason };
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    await this.#upkeep.stop();
    await Promise.all([this.#listener.stop(), this.#pool.stop()]);
  }

  #name(called: string): string {
    return named(this.#namespace, called);
  }

  #receive(channel: string, payload: string): void {
    if (channel === channelOf(this.#namespace, "outbox")) return this.#upkeep.wake();
    const notice = readNotice(payload);
    if (notice === undefined) return;
    if ("entry" in notice) this.#events?.entry(notice.entry);
    else this.#events?.moved(notice.topic, notice.to);
  }

  #up(): void {
    this.#since = Date.now();
    this.#events?.up();
    if (this.#wasUp) this.#events?.maybeMissed();
    this.#wasUp = true;
    this.#upkeep.wake();
  }

  #down(reason: string): void {
    this.#since = Date.now();
    this.#events?.down(reason);
  }
}
