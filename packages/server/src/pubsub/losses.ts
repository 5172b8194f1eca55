/**
 * Counts what did not arrive, and tells telemetry. A full queue loses a message with every broadcast: losses are
 * collected for a moment, so that telemetry is told a number and not each one.
 */
import { emit } from "../telemetry.ts";

export type LossReason = "queue full" | "too large" | "not confirmed" | "stopped";

/** Milliseconds. */
const COLLECTED_FOR = 200;
/** What was unreadable is told one by one, as often in that time; what is more, together. */
const MOST_UNREADABLE = 10;
/** Nodes whose missing messages are told apart: names come from outside. */
const MOST_NODES = 100;
const OTHERS = "other nodes";

interface Loss {
  count: number;
  error: unknown;
}

export class Losses {
  readonly #source: { readonly adapter: string; readonly nodeName: string };
  readonly #lost = new Map<LossReason, Loss>();
  readonly #missed = new Map<string, number>();
  #unreadable = 0;
  #lastError: unknown = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  #totalLost = 0;
  #totalMissed = 0;

  constructor(source: { readonly adapter: string; readonly nodeName: string }) {
    this.#source = source;
  }

  /** Messages of this node, since it started. */
  get totalLost(): number {
    return this.#totalLost;
  }

  /** Messages of other nodes, since this one started. */
  get totalMissed(): number {
    return this.#totalMissed;
  }

  lost(count: number, reason: LossReason, error?: unknown): void {
    if (count === 0) return;
    this.#totalLost += count;
    const known = this.#lost.get(reason);
    if (known === undefined) this.#lost.set(reason, { count, error });
    else {
      known.count += count;
      known.error = error;
    }
    this.#timer ??= setTimeout(() => this.tell(), COLLECTED_FOR);
  }

  missed(count: number, from: string): void {
    this.#totalMissed += count;
    const name = this.#missed.has(from) || this.#missed.size < MOST_NODES ? from : OTHERS;
    this.#missed.set(name, (this.#missed.get(name) ?? 0) + count);
    this.#timer ??= setTimeout(() => this.tell(), COLLECTED_FOR);
  }

  /** Something arrived that is not a message, or not to be believed. */
  unreadable(error: unknown): void {
    this.#unreadable++;
    this.#lastError = error;
    this.#timer ??= setTimeout(() => this.tell(), COLLECTED_FOR);
    if (this.#unreadable <= MOST_UNREADABLE) emit("pubsub.unreadable", { ...this.#source, count: 1, error });
  }

  /** Tells what was collected, now. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [reason, { count, error }] of this.#lost) {
      emit("pubsub.lost", { ...this.#source, count, reason, ...(error === undefined ? {} : { error }) });
    }
    for (const [from, count] of this.#missed) emit("pubsub.missed", { ...this.#source, count, from });
    const count = this.#unreadable - MOST_UNREADABLE;
    if (count > 0) emit("pubsub.unreadable", { ...this.#source, count, error: this.#lastError });
    this.#unreadable = 0;
    this.#lastError = undefined;
    this.#lost.clear();
    this.#missed.clear();
  }
}
