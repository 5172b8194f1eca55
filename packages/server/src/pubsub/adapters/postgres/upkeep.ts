/**
 * What every node does for all: moves the outbox to the logs, and drops what is too old. Locks in the database see to it
 * that one of them does it at a time.
 */
import { emit } from "../../../telemetry.ts";
import { NotSent } from "./pool.ts";
import type { Pool } from "./pool.ts";
import { named } from "./schema/names.ts";
import type { Telling } from "./appender.ts";
import { codeOf } from "./client.ts";

/** Milliseconds between two looks into the outbox. */
const POLL = 1_000;
/** Milliseconds after which to look again when another node was at it, perhaps without the newest. */
const AGAIN = 20;
/** Messages and topics of one transaction. */
const MOST_MESSAGES = 500;
const MOST_TOPICS = 100;
/** Lines, and keys of `once`, of one transaction. */
const MOST_LINES = 1_000;
/** Milliseconds between two sweeps. */
const SWEEP = 60_000;

export interface UpkeepOptions {
  readonly namespace: string;
  readonly telling: Telling;
  /** Milliseconds. */
  readonly onceWindow: number;
}

export class Upkeep {
  readonly #pool: Pool;
  readonly #server: { readonly isUp: boolean };
  readonly #move: string;
  readonly #sweep: string;
  readonly #sweepPushes: string;
  readonly #telling: Telling;
  readonly #onceWindow: number | null;
  readonly #timers: NodeJS.Timeout[] = [];
  #again: NodeJS.Timeout | undefined = undefined;
  #moving: Promise<void> | undefined = undefined;
  #isWoken = false;
  #isStopped = false;

  constructor(pool: Pool, server: { readonly isUp: boolean }, { namespace, telling, onceWindow }: UpkeepOptions) {
    this.#pool = pool;
    this.#server = server;
    this.#move = `SELECT ${named(namespace, "move")}($1::integer, $2::integer)::text AS answer`;
    this.#sweep = `SELECT ${named(namespace, "sweep")}($1::integer)::text AS answer`;
    this.#sweepPushes = `SELECT ${named(namespace, "sweep_pushes")}($1::integer, $2::bigint)::text AS answer`;
    this.#telling = telling;
    this.#onceWindow = onceWindow === Infinity ? null : onceWindow;
  }

  start(): void {
    // Spread over the interval: all nodes may have started at once.
    const every = (ms: number, run: () => void): void => {
      const timer = setTimeout(() => {
        run();
        this.#timers.push(setInterval(run, ms).unref());
      }, Math.random() * ms);
      this.#timers.push(timer.unref());
    };
    every(POLL, () => this.#look());
    every(SWEEP, () => void this.#run("sweep", () => this.#sweepAll()));
  }

  /** There is something in the outbox. */
  wake(): void {
    this.#isWoken = true;
    this.#look();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of [...this.#timers, this.#again]) clearTimeout(timer);
    await this.#moving;
  }

  #look(): void {
    if (this.#moving !== undefined || !this.#isUp) return;
    clearTimeout(this.#again);
    this.#moving = this.#run("outbox", () => this.#moveAll()).finally(() => {
      this.#moving = undefined;
      if (this.#isWoken) this.#look();
    });
  }

  async #moveAll(): Promise<void> {
    for (;;) {
      const isWoken = this.#isWoken;
      this.#isWoken = false;
      const count = await this.#pool.ask(this.#move, [MOST_MESSAGES, this.#telling]);
      if (count === 0 || this.#isStopped) return;
      if (count === undefined) {
        // The other node may have looked before the newest was committed.
        if (isWoken) this.#again = setTimeout(() => this.wake(), AGAIN).unref();
        return;
      }
    }
  }

  async #sweepAll(): Promise<void> {
    while (this.#isUp && (await this.#pool.ask(this.#sweep, [MOST_TOPICS])) === MOST_TOPICS);
    const values = [MOST_LINES, this.#onceWindow];
    while (this.#isUp && (await this.#pool.ask(this.#sweepPushes, values)) === MOST_LINES);
  }

  get #isUp(): boolean {
    return !this.#isStopped && this.#server.isUp;
  }

  /** Without a connection it is done later: the history has told that it is down. */
  async #run(task: "outbox" | "sweep", run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (error instanceof NotSent || codeOf(error) === undefined) return;
      emit("history.upkeep_failed", { store: "postgres", task, error });
    }
  }
}
