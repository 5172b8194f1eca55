/** A few connections, each of which runs one statement at a time. They are opened when they are needed. */
import { randomBytes } from "node:crypto";
import { ask, close, codeOf, reasonOf, within } from "./client.ts";
import type { PostgresClient } from "./client.ts";

/** Milliseconds that opening a connection may take. */
const OPEN_TIMEOUT = 5_000;
/** Milliseconds after which PostgreSQL ends a statement, and after which its connection is given up. */
const STATEMENT_TIMEOUT = 8_000;
const ANSWER_TIMEOUT = 10_000;
/** Milliseconds between two looks at whether an old connection has ended; and for all of them. */
const FENCE_DELAY = 20;
const FENCE_TIMEOUT = 5_000;

/** The name makes a connection known to the others. The defaults of a role or database must not change what is relied on. */
const SETTINGS = `SELECT set_config('application_name', $1, false),
  set_config('default_transaction_isolation', 'read committed', false),
  set_config('statement_timeout', '${STATEMENT_TIMEOUT}', false)`;

const END = `SELECT count(pg_terminate_backend(pid))::text AS answer FROM pg_stat_activity
  WHERE application_name = ANY ($1::text[])`;

/** A statement was not sent: there is no connection. */
export class NotSent extends Error {
  override readonly name = "NotSent";
}

interface Session {
  readonly name: string;
  readonly client: PostgresClient;
  isBroken: boolean;
}

export class Pool {
  readonly #connect: () => PostgresClient;
  readonly #idle: Session[] = [];
  /** Those that wait for a connection. */
  readonly #waiting: (() => void)[] = [];
  /** Names of connections that were given up during a statement: the server may still run it, or even receive it. */
  readonly #suspects = new Set<string>();
  #free: number;
  #isStopped = false;

  constructor(connect: () => PostgresClient, size: number) {
    this.#connect = connect;
    this.#free = size;
  }

  /** Rejects with {@link NotSent}, with PostgreSQL's error, or with another one when nobody knows what has happened. */
  ask(statement: string, values: unknown[]): Promise<unknown> {
    return this.#ask(statement, values, false);
  }

  async #ask(statement: string, values: unknown[], isWrite: boolean): Promise<unknown> {
    const session = await this.#take();
    try {
      return await within(ANSWER_TIMEOUT, ask(session.client, statement, values), "PostgreSQL did not answer");
    } catch (error) {
      const isUnknown = codeOf(error) === undefined;
      if (isUnknown && isWrite) this.#suspects.add(session.name);
      if (isUnknown || isOfAStandby(error)) session.isBroken = true;
      throw error;
    } finally {
      this.#give(session);
    }
  }

  /** The same, for what is sent again when its answer is lost: see {@link fence}. */
  write(statement: string, values: unknown[]): Promise<unknown> {
    return this.#ask(statement, values, true);
  }

  /**
   * Resolves when no statement of a connection that was given up runs any more, or ever will: what is sent from now on comes
   * after all of them.
   */
  async fence(): Promise<void> {
    const names = [...this.#suspects];
    if (names.length === 0) return;
    const until = Date.now() + FENCE_TIMEOUT;
    while ((await this.ask(END, [names])) !== 0) {
      if (Date.now() > until) throw new NotSent("a connection that was given up does not end");
      await new Promise((resolve) => setTimeout(resolve, FENCE_DELAY));
    }
    for (const name of names) this.#suspects.delete(name);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const next of this.#waiting.splice(0)) next();
    await Promise.all(this.#idle.splice(0).map(({ client }) => close(client).catch(() => {})));
  }

  async #take(): Promise<Session> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let session = this.#idle.pop();
    while (session?.isBroken === true) session = this.#idle.pop();
    try {
      return session ?? (await this.#open());
    } catch (error) {
      this.#release();
      throw new NotSent(`PostgreSQL cannot be reached: ${reasonOf(error)}`, { cause: error });
    }
  }

  #give(session: Session): void {
    if (session.isBroken || this.#isStopped) void close(session.client).catch(() => {});
    else this.#idle.push(session);
    this.#release();
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  async #open(): Promise<Session> {
    if (this.#isStopped) throw new Error("the history is stopped");
    const session = {
      name: `wingbeat ${randomBytes(9).toString("base64url")}`,
      client: this.#connect(),
      isBroken: false,
    };
    const broken = (): void => void (session.isBroken = true);
    session.client.on("error", broken);
    session.client.on("end", broken);
    try {
      await within(OPEN_TIMEOUT, prepared(session), "PostgreSQL did not answer");
      return session;
    } catch (error) {
      void close(session.client).catch(() => {});
      throw error;
    }
  }
}

async function prepared({ client, name }: Session): Promise<void> {
  await client.connect();
  await client.query(SETTINGS, [name]);
}

/** The server is a standby, perhaps since a moment ago: the next connection may lead to another server. */
const isOfAStandby = (error: unknown): boolean => ["25006", "55000"].includes(codeOf(error) as string);
