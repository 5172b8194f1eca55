/**
 * Counts losses and reports them to telemetry. A full queue loses a message with every broadcast, so losses are
 * aggregated for a moment and reported as a number.
 */
import { emit } from "../../telemetry.ts";

export type LossReason = "queue full" | "too large" | "not confirmed" | "stopped";

/** Milliseconds. */
const COLLECTED_FOR = 200;
/** How many unreadable messages are reported individually in that time; the rest are aggregated. */
const MOST_UNREADABLE = 10;
/** How many nodes are reported separately: names come from outside. */
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

  /** A message arrived that is malformed or not trusted. */
  unreadable(error: unknown): void {
    this.#unreadable++;
    this.#lastError = error;
    this.#timer ??= setTimeout(() => this.tell(), COLLECTED_FOR);
    if (this.#unreadable <= MOST_UNREADABLE) emit("pubsub.unreadable", { ...this.#source, count: 1, error });
  }

  /** Reports the aggregated losses now. */
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
