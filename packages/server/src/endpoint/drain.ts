/**
 * Draining: disconnects the clients of an endpoint in batches, so that the other nodes are not flooded. What a client
 * has already sent is handled and answered before its connection closes.
 */
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { CloseCode } from "@wingbeat/protocol";
import { checkCount, checkDuration, checkKeys, checkTimeout, withDefaults } from "../options.ts";

/** How clients are disconnected when the endpoint closes: in batches, so that they do not all connect to other nodes at once. */
export interface DrainOptions {
  /** How many connections are closed at once. Default 10,000. */
  readonly batchSize?: number;
  /** Milliseconds between two batches. Default 2,000. */
  readonly batchInterval?: number;
  /** Milliseconds after which the remaining connections are closed, even with callbacks running. Default 30,000. */
  readonly deadline?: number;
}

export type DrainConfig = Required<DrainOptions>;

/** A connected client. */
export interface Drainable {
  /** Whether one of its callbacks is running. */
  readonly isBusy: boolean;
  readonly connection: { readonly bufferedBytes: number };
  /** Stops handling messages of the client. */
  stopReading(): void;
  shutdown(reason: string, code: CloseCode, text: string): void;
}

/** One batch, as reported to telemetry. */
export interface Round {
  readonly count: number;
  readonly total: number;
  /** From 1. */
  readonly round: number;
  readonly rounds: number;
  readonly interval: number;
}

/** Defaults, as docs/reference/limits.md lists them. */
export const DRAIN_LIMITS = { batchSize: 10_000, batchInterval: 2_000, deadline: 30_000 } as const;

/** All at once, without waiting. */
export const AT_ONCE: DrainConfig = { batchSize: Number.MAX_SAFE_INTEGER, batchInterval: 0, deadline: 0 };

/** How often busy clients are checked, in ms. */
const LOOK = 10;
/** How long to wait for a client to read its buffered data once its callbacks are done, in ms: it may be gone. */
const FETCH_WAIT = 1_000;

/** Throws `WB_OPTION`. `false` closes all clients at once. */
export function readDrain(where: string, options: DrainOptions | false, defaults?: DrainConfig): DrainConfig {
  if (options === false) return AT_ONCE;
  checkKeys(where, options, ["batchSize", "batchInterval", "deadline"]);
  checkCount(`${where}.batchSize`, options.batchSize);
  checkDuration(`${where}.batchInterval`, options.batchInterval);
  checkTimeout(`${where}.deadline`, options.deadline);
  return withDefaults({ ...DRAIN_LIMITS, ...defaults }, options);
}

/**
 * Closes all clients with 1012. Resolves when all are closed and `hasWork` reports no running callbacks, and in any
 * case at the deadline or when `hurry` is aborted.
 */
export async function drain(
  clients: readonly Drainable[],
  { batchSize, batchInterval, deadline }: DrainConfig,
  hasWork: () => boolean,
  report: (round: Round) => void,
  hurry: AbortSignal,
): Promise<void> {
  const endsAt = performance.now() + deadline;
  const left = (): number => (hurry.aborted ? 0 : Math.max(0, endsAt - performance.now()));
  const total = clients.length;
  const rounds = Math.ceil(total / batchSize);
  const closing: Promise<void>[] = [];
  for (let round = 1; round <= rounds; round++) {
    if (round > 1) await sleep(Math.min(batchInterval, left()), undefined, { signal: hurry }).catch(() => {});
    // At the deadline, the batch is every remaining client.
    const isLast = left() === 0 || round === rounds;
    const batch = clients.slice((round - 1) * batchSize, isLast ? total : round * batchSize);
    report({ count: batch.length, total, round, rounds, interval: batchInterval });
    closing.push(closeBatch(batch, left));
    if (isLast) break;
  }
  await Promise.all(closing);
  while (hasWork() && left() > 0) await sleep(LOOK);
}

/** Closes each client of a batch once its replies are sent. */
async function closeBatch(batch: readonly Drainable[], left: () => number): Promise<void> {
  for (const client of batch) client.stopReading();
  // Messages read in this turn are handled at its end.
  if (left() > 0) await nextTurn();
  const idleSince = new Map<Drainable, number>();
  let waiting = batch;
  for (;;) {
    const isOver = left() === 0;
    const now = performance.now();
    waiting = waiting.filter((client) => {
      if (!isOver && isOwed(client, now, idleSince)) return true;
      client.shutdown("shutdown", CloseCode.serviceRestart, "server is restarting");
      return false;
    });
    if (waiting.length === 0) return;
    await sleep(LOOK);
  }
}

/** Whether a client still has running callbacks or unsent data. */
function isOwed(client: Drainable, now: number, idleSince: Map<Drainable, number>): boolean {
  if (client.isBusy) {
    idleSince.delete(client);
    return true;
  }
  if (client.connection.bufferedBytes === 0) return false;
  const since = idleSince.get(client) ?? now;
  idleSince.set(client, since);
  return now - since < FETCH_WAIT;
}
