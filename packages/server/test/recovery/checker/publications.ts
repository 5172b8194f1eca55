/** What was published, and what became of it. */
import type { Line } from "../history.ts";
import type { Logs } from "./logs.ts";
import type { Tell } from "./violation.ts";

interface Publication {
  readonly topic: string;
  calls: number;
  refusals: number;
  readonly except: Set<string>;
  /** When it was confirmed. */
  confirmed: number | undefined;
}

const clientOf = (run: string): string => run.split("/")[0] as string;

export class Publications {
  readonly #all = new Map<string, Publication>();

  constructor(lines: readonly Line[]) {
    for (const line of lines) {
      if (line.op !== "publish") continue;
      const known = this.#all.get(line.id);
      const one = known ?? { topic: line.topic, calls: 0, refusals: 0, except: new Set(), confirmed: undefined };
      this.#all.set(line.id, one);
      if (line.phase === "call") one.calls++;
      if (line.phase === "refused") one.refusals++;
      if (line.phase === "ok") one.confirmed ??= line.t;
      for (const run of line.except ?? []) one.except.add(run);
    }
  }

  isOwed(id: string, run: string): boolean {
    return this.#all.get(id)?.except.has(clientOf(run)) !== true;
  }

  /** What is wrong with a message that somebody has got; undefined: nothing. */
  wrong(id: string, topic: string): "phantom" | "foreign" | undefined {
    const one = this.#all.get(id);
    if (one === undefined) return "phantom";
    if (one.topic !== topic) return "foreign";
    // One that was repeated after an unknown outcome may be in the log.
    const wasRefusedEachTime = one.calls === one.refusals;
    return wasRefusedEachTime ? "phantom" : undefined;
  }

  judge(lines: readonly Line[], logs: Logs, tell: Tell): void {
    const snapshots = new Map(lines.flatMap((line) => (line.op === "log" ? [[line.topic, line] as const] : [])));
    const lastLoss = Math.max(
      -Infinity,
      ...lines.map((line) => (line.op === "fault" && line.loses ? line.t : -Infinity)),
    );
    for (const { topic, epoch, entries, t } of snapshots.values()) {
      for (const [offset, id] of entries) {
        const wrong = this.wrong(id, topic);
        if (wrong !== undefined) tell({ kind: wrong, what: `${id} is at ${offset} of ${topic} ${epoch}` });
      }
      const ids = new Set(entries.map(([, id]) => id));
      const oldest = entries[0]?.[0] ?? Infinity;
      for (const [id, { topic: its, confirmed }] of this.#all) {
        if (its !== topic || confirmed === undefined || confirmed <= lastLoss || confirmed > t || ids.has(id)) continue;
        const isTrimmed = oldest > 1 && [...logs.placesOf(id).values()].some((offset) => offset < oldest);
        if (!isTrimmed) tell({ kind: "lost", what: `${id} was confirmed, and ${topic} does not have it` });
      }
    }
  }
}
