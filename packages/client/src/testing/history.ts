/** What was broadcast on a topic of a fake server (PROTOCOL.md, section 16). */
import type { JoinRecovery, RecoveryReason } from "@wingbeat/protocol";

export interface Recorded {
  readonly event: string;
  readonly payload: object;
  readonly offset: number;
}

/** Where a client stands, as its join says. */
interface Asked {
  readonly since?: unknown;
  readonly rewind?: unknown;
}

export const EPOCH = "fake.0";

export class History {
  offset = 0;
  #kept: Recorded[] = [];
  #forgotten: RecoveryReason = "trimmed";

  record(event: string, payload: object): number {
    this.#kept.push({ event, payload, offset: ++this.offset });
    return this.offset;
  }

  forget(reason: string): void {
    this.#kept = [];
    this.#forgotten = reason as RecoveryReason;
  }

  /** What a join is told, and what is sent to it afterwards. */
  answer({ since, rewind }: Asked): { readonly recovery: JoinRecovery; readonly missed: readonly Recorded[] } {
    const at = { epoch: EPOCH, offset: this.offset };
    const from = this.#from(since, rewind);
    if (from === undefined) return { recovery: at, missed: [] };
    const missed = this.#kept.filter(({ offset }) => offset > from);
    // What is kept has no holes.
    if (missed.length === this.offset - from || since === "earliest" || since === undefined) {
      const offset = this.offset - missed.length;
      return { recovery: { ...at, offset, recovered: true, count: missed.length }, missed };
    }
    return { recovery: { ...at, recovered: false, reason: this.#forgotten }, missed: [] };
  }

  #from(since: unknown, rewind: unknown): number | undefined {
    if (since === "earliest") return 0;
    if (Array.isArray(since)) return since[0] === EPOCH && typeof since[1] === "number" ? since[1] : -1;
    return typeof rewind === "number" ? Math.max(0, this.offset - rewind) : undefined;
  }
}
