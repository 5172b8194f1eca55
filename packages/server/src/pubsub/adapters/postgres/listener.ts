/**
 * A connection that listens, and is opened again when it is lost. PostgreSQL delivers every notification to a connection that
 * lives; that it lives is proved by notifications to itself.
 */
import { randomBytes } from "node:crypto";
import { close, reasonOf, within } from "./client.ts";
import type { PostgresClient } from "./client.ts";
import { SetupError } from "./setup.ts";

/** Milliseconds that opening may take. */
const OPEN_TIMEOUT = 5_000;
/** Milliseconds between two notifications to itself. */
const HEARTBEAT = 10_000;
/** Milliseconds before the first reconnect; doubled each time, up to the maximum. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 1_000;

export interface ListenerOptions {
  readonly connect: () => PostgresClient;
  readonly namespace: string;
  readonly channels: readonly string[];
  /** Rejects when the database cannot be used. */
  readonly check: (client: PostgresClient) => Promise<void>;
  readonly receive: (channel: string, payload: string) => void;
  /** Notifications come from now on. */
  readonly up: () => void;
  readonly down: (reason: string) => void;
}

export class Listener {
  readonly #options: ListenerOptions;
  /** The channel of this connection alone. */
  readonly #own: string;
  #client: PostgresClient | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #onOwn: (() => void) | undefined = undefined;
  /** Heartbeats since anything was received. */
  #silence = 0;
  #failures = 0;
  #isStopped = false;
  isUp = false;
  reason = "connecting";

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#own = `${options.namespace}_${randomBytes(8).toString("hex")}`;
  }

  /** Resolves when the first attempt has succeeded or failed. Rejects with {@link SetupError}. */
  async start(): Promise<void> {
    const error = await this.#open();
    if (!(error instanceof SetupError)) return;
    await this.stop();
    throw error;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const client = this.#client;
    this.#disconnect("stopped");
    if (client !== undefined) await close(client).catch(() => {});
  }

  /** Returns why it failed. */
  async #open(): Promise<unknown> {
    let client: PostgresClient | undefined = undefined;
    try {
      client = this.#options.connect();
      this.#client = client;
      await within(OPEN_TIMEOUT, this.#listen(client), "connected, but a notification to itself did not come back");
    } catch (error) {
      if (client === undefined || this.#client === client) this.#fail(client, error);
      return error;
    }
    if (this.#client !== client) return undefined;
    this.#failures = 0;
    this.#silence = 0;
    this.isUp = true;
    this.#timer = setInterval(() => this.#heartbeat(client), HEARTBEAT);
    this.#timer.unref();
    this.#options.up();
    return undefined;
  }

  async #listen(client: PostgresClient): Promise<void> {
    const fail = (error: unknown): void => this.#fail(client, error);
    client.on("error", fail);
    client.on("end", () => fail(new Error("PostgreSQL closed the connection")));
    client.on("notification", ({ channel = "", payload = "" }) => {
      if (this.#client !== client) return;
      this.#silence = 0;
      if (channel === this.#own) this.#onOwn?.();
      else this.#options.receive(channel, payload);
    });
    await client.connect();
    await this.#options.check(client);
    for (const channel of [...this.#options.channels, this.#own]) await client.query(`LISTEN "${channel}"`);
    const back = new Promise<void>((resolve) => (this.#onOwn = resolve));
    await this.#ping(client);
    await back;
  }

  #ping(client: PostgresClient): Promise<unknown> {
    return client.query("SELECT pg_notify($1, '')", [this.#own]);
  }

  /** Silent for a whole interval, then for another one: a process that was busy gets to read in between. */
  #heartbeat(client: PostgresClient): void {
    if (++this.#silence > 2) this.#fail(client, new Error("PostgreSQL is connected but delivers no notifications"));
    else this.#ping(client).catch((error: unknown) => this.#fail(client, error));
  }

  #fail(client: PostgresClient | undefined, error: unknown): void {
    if (this.#isStopped || this.#client !== client) return;
    const reason = reasonOf(error);
    const isNews = this.isUp || this.reason !== reason;
    this.#disconnect(reason);
    if (client !== undefined) void close(client).catch(() => {});
    // Jitter: not all nodes at the same moment.
    const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => void this.#open(), delay);
    if (isNews) this.#options.down(reason);
  }

  #disconnect(reason: string): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
    this.isUp = false;
    this.reason = reason;
  }
}
