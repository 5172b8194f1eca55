/**
 * Keeps the history store connected to Redis: opens a session, and the next one when it is over.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { StoreStatus } from "../../../history/store.ts";
import type { Script } from "../driver.ts";
import { Session } from "./session.ts";
import type { Streams } from "./session.ts";

/** Milliseconds before the first reconnect; doubled each time, up to the maximum. */
const FIRST_DELAY = 100;
const LONGEST_DELAY = 1_000;
/** Milliseconds for which a script is tried again that Redis cannot run for now, because a slot is being moved. */
const RETRY_FOR = 5_000;
const FIRST_RETRY = 20;
const LONGEST_RETRY = 500;

/** A script has certainly not run, and will not. */
export class DidNotRun extends Error {
  override readonly name = "DidNotRun";
}

export interface LinkEvents {
  up(): void;
  down(reason: string): void;
}

export class HistoryLink {
  readonly #streams: Streams;
  readonly #events: LinkEvents;
  #session: Session | undefined = undefined;
  #isUp = false;
  #isStopped = false;
  /** Consecutive sessions that did not work. */
  #failures = 0;
  #since = Date.now();
  #reason = "not started";
  #timer: NodeJS.Timeout | undefined = undefined;
  /** What waits for the first session. */
  #onSettled: ((error?: unknown) => void) | undefined = undefined;

  constructor(streams: Streams, events: LinkEvents) {
    this.#streams = streams;
    this.#events = events;
  }

  get status(): StoreStatus {
    const state = this.#isUp ? "up" : "down";
    return { store: "redis", state, since: this.#since, ...(this.#isUp ? {} : { reason: this.#reason }) };
  }

  /** Resolves when the first session works or has failed. Rejects when it has failed for want of a right. */
  start(): Promise<void> {
    this.#reason = "connecting";
    return new Promise((resolve, reject) => {
      this.#onSettled = (error) => {
        this.#onSettled = undefined;
        if (isMissingRight(error)) reject(error as Error);
        else resolve();
      };
      this.#open();
    });
  }

  /**
   * Runs a script with keys of one slot. Rejects with {@link DidNotRun} when it certainly did not run. `args` is called for
   * each try.
   */
  async run(script: Script, keys: readonly string[], args: () => readonly (string | Buffer)[]): Promise<unknown[]> {
    const until = performance.now() + RETRY_FOR;
    for (let wait = FIRST_RETRY; ; wait = Math.min(2 * wait, LONGEST_RETRY)) {
      const session = this.#session;
      if (!this.#isUp || session === undefined) throw new DidNotRun(`Redis cannot be reached: ${this.#reason}`);
      try {
        return listOf(await session.run(script, keys, args()));
      } catch (error) {
        if (!isReply(error)) session.fail(error);
        if (!wasNotRun(error)) throw error;
        if (performance.now() + wait > until) throw new DidNotRun(reasonOf(error), { cause: error });
      }
      await sleep(wait);
    }
  }

  /** The present session's own message has come back. */
  heard(stream: number, session: number): void {
    if (this.#session?.number === session) this.#session.heard(stream);
  }

  /** Redis answers, but not as it should: as a replica, or without a right. */
  fail(error: unknown): void {
    this.#session?.fail(error);
  }

  /** Sends last messages, and disconnects. Waits for `ms` at the most. */
  async stop(last: readonly { readonly stream: number; readonly message: Buffer }[], ms: number): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    const session = this.#session;
    clearTimeout(this.#timer);
    if (this.#isUp && session !== undefined) {
      const telling = Promise.allSettled(last.map(({ stream, message }) => session.tell(stream, message)));
      await within(ms, telling);
    }
    this.#isUp = false;
    this.#since = Date.now();
    this.#reason = "stopped";
    this.#session = undefined;
    this.#onSettled?.();
    if (session !== undefined) await within(ms, session.close());
  }

  #open(): void {
    const session: Session = new Session(this.#streams, {
      up: () => this.#up(),
      lost: (error) => this.#lost(error),
    });
    if (!session.isOver) this.#session = session;
  }

  #up(): void {
    this.#isUp = true;
    this.#since = Date.now();
    this.#failures = 0;
    this.#events.up();
    this.#onSettled?.();
  }

  #lost(error: unknown): void {
    if (this.#isStopped) return;
    const wasUp = this.#isUp;
    this.#session = undefined;
    if (wasUp) this.#since = Date.now();
    this.#isUp = false;
    this.#reason = reasonOf(error);
    if (this.#onSettled !== undefined && isMissingRight(error)) {
      this.#isStopped = true;
      return this.#onSettled(error);
    }
    // Jitter: not all nodes at the same moment.
    const delay = Math.min(FIRST_DELAY * 2 ** this.#failures++, LONGEST_DELAY) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#open(), delay);
    if (wasUp) this.#events.down(this.#reason);
    this.#onSettled?.();
  }
}

function listOf(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new Error("ERR Redis answered a script with something else than a list");
}

/** What Redis answers begins with a word in capitals; what a client says about its connection does not. */
const isReply = (error: unknown): boolean => error instanceof Error && /^-?[A-Z]{2,} /.test(error.message);

/**
 * Redis has refused the command before it ran the script. An error inside of the script names it. A cluster client of
 * ioredis gives up after some redirections; what may have run is not among them.
 */
const wasNotRun = (error: unknown): boolean =>
  error instanceof Error &&
  /^(TRYAGAIN|CLUSTERDOWN|MOVED|ASK|LOADING|MASTERDOWN|BUSY|NOPERM|Too many Cluster redirections\.) /.test(
    error.message,
  ) &&
  !error.message.includes("script:");

const isMissingRight = (error: unknown): boolean =>
  error instanceof Error &&
  /^(NOPERM|NOAUTH|WRONGPASS|ERR unknown command|ERR .*can't run this command) ?/.test(error.message);

/** The message of an error. An AggregateError (several addresses) has none of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const aborted = new AbortController();
  const timeout = sleep(ms, undefined, { signal: aborted.signal }).catch(() => {});
  await Promise.race([work, timeout]);
  aborted.abort();
}
