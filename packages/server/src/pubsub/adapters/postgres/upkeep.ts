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
/** Milliseconds between two sweeps. */
const SWEEP = 60_000;

export class Upkeep {
  readonly #pool: Pool;
  readonly #isUp: () => boolean;
  readonly #move: string;
  readonly #sweep: string;
  readonly #telling: Telling;
  readonly #timers: NodeJS.Timeout[] = [];
  #again: NodeJS.Timeout | undefined = undefined;
  #moving: Promise<void> | undefined = undefined;
  #isWoken = false;
  #isStopped = false;

  constructor(pool: Pool, namespace: string, telling: Telling, isUp: () => boolean) {
    this.#pool = pool;
    this.#isUp = isUp;
    this.#move = `SELECT ${named(namespace, "move")}($1::integer, $2::integer)::text AS answer`;
    this.#sweep = `SELECT ${named(namespace, "sweep")}($1::integer)::text AS answer`;
    this.#telling = telling;
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
    if (this.#moving !== undefined || this.#isStopped || !this.#isUp()) return;
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
    while (!this.#isStopped && this.#isUp() && (await this.#pool.ask(this.#sweep, [MOST_TOPICS])) === MOST_TOPICS);
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
