/** Why clients were refused. Always counted, also while nobody looks. */
import type { Filter } from "../../telemetry/filter.ts";
import { printable } from "../../telemetry/printable.ts";
import type { TelemetryEvents } from "../../telemetry.ts";
import type { Doors } from "../model.ts";

/** So many different ones are kept. The one that was seen longest ago makes room. */
export const MAX_REFUSALS = 100;
const MAX_REASON = 200;

type Refusal = { -readonly [Field in keyof Doors["refusals"][number]]: Doors["refusals"][number][Field] };

export class Refusals {
  readonly #filter: Filter;
  /** The one that was seen last is the last. */
  readonly #kept = new Map<string, Refusal>();

  constructor(filter: Filter) {
    this.#filter = filter;
  }

  add({ stage, reason: given }: TelemetryEvents["socket.refused"]): void {
    const reason = this.#textOf(given);
    const key = `${stage}\n${reason}`;
    const kept = this.#kept.get(key) ?? { stage, reason, count: 0, lastAt: 0 };
    kept.count++;
    kept.lastAt = Date.now();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_REFUSALS && oldest.done === false) this.#kept.delete(oldest.value);
  }

  list(): readonly Refusal[] {
    return [...this.#kept.values()].toReversed();
  }

  /** What an application refuses with may be anything. */
  #textOf(reason: unknown): string {
    if (reason === undefined) return "";
    const text = typeof reason === "string" ? reason : JSON.stringify(this.#filter(reason, MAX_REASON));
    return printable(text ?? "", MAX_REASON);
  }
}
