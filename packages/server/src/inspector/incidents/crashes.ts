/** The crashes of channels, those with the same stack together. Always kept, also while nobody looks. */
import type { TelemetryEvents } from "../../telemetry.ts";
import { describeError, printable } from "../../telemetry/printable.ts";
import { printableError } from "../../telemetry/printable-error.ts";
import type { Crash, TapFrame } from "../model.ts";

/** So many different ones are kept. The one that was seen longest ago makes room. */
export const MAX_CRASHES = 50;
const MAX_ERROR = 500;
const MAX_STACK = 4_000;
const MAX_NAME = 1_024;

type Crashed = TelemetryEvents["channel.crashed"];

/** What the channel received before, as far as somebody has looked. */
export type FramesBefore = (id: string | null, topic: string) => readonly TapFrame[];

export class Crashes {
  readonly #node: string;
  readonly #framesBefore: FramesBefore;
  /** The one that was seen last is the last. */
  readonly #crashes = new Map<string, Crash>();

  constructor(node: string, framesBefore: FramesBefore) {
    this.#node = node;
    this.#framesBefore = framesBefore;
  }

  add({ pattern, callback, event, error, topic, id }: Crashed): void {
    const { text, stack } = describe(error);
    const key = sameness({ pattern, callback, error: text, stack });
    const known = this.#crashes.get(key);
    const now = Date.now();
    this.#crashes.delete(key);
    this.#crashes.set(key, {
      nodes: [this.#node],
      pattern,
      callback,
      event: event === undefined ? null : printable(event, MAX_NAME),
      error: text,
      stack,
      count: (known?.count ?? 0) + 1,
      firstAt: known?.firstAt ?? now,
      lastAt: now,
      topic,
      id,
      frames: this.#framesBefore(id, topic),
    });
    const oldest = this.#crashes.keys().next();
    if (this.#crashes.size > MAX_CRASHES && oldest.done === false) this.#crashes.delete(oldest.value);
  }

  /** The newest first. */
  list(): readonly Crash[] {
    return [...this.#crashes.values()].toReversed();
  }
}

/** Anything may be thrown. Never throws itself. */
function describe(error: unknown): { readonly text: string; readonly stack: string } {
  const text = describeError(error, MAX_ERROR);
  try {
    const shown = printableError(error);
    const stack = shown instanceof Error ? (shown.stack ?? "") : "";
    return { text, stack: String(stack).slice(0, MAX_STACK) };
  } catch {
    return { text, stack: "" };
  }
}

/** What crashes with the same fault have in common: messages may differ. */
export function sameness({
  pattern,
  callback,
  error,
  stack,
}: Pick<Crash, "pattern" | "callback" | "error" | "stack">): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return [pattern, callback, ...(frames.length === 0 ? [error] : frames)].join("\n");
}
