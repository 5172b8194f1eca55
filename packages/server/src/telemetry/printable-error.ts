/** Errors made safe for a log: their text may come from a client and be of any length. */
import { inspect, types } from "node:util";
import { outline } from "./outline.ts";
import type { Rule } from "./outline.ts";
import { cut, describeError, isPrintable, printable, printableValue } from "./printable.ts";

const MAX_MESSAGE = 1_000;
const MAX_FRAMES = 20;
const MAX_FRAME = 300;
/** The limit for an error's other fields (a query, its parameters …), in characters. */
const MAX_FIELDS = 1_000;
/** The maximum depth of nested causes. */
const MAX_CAUSES = 3;

const SHOWN: Rule = { leaf: (value) => value, below: () => SHOWN };

/**
 * The error itself when it can be printed unchanged; else a copy with its strings truncated and escaped. A thrown value
 * that is not an error becomes a printable value. Never throws.
 */
export function printableError(error: unknown, causes = 0): unknown {
  try {
    if (!(error instanceof Error)) return printableValue(outline(error, SHOWN, MAX_MESSAGE), MAX_MESSAGE);
    return isHarmless(error, causes) ? error : copyOf(error, causes);
  } catch {
    return "an error that cannot be shown";
  }
}

function isHarmless(error: Error, causes: number): boolean {
  if (types.isProxy(error) || inspect.custom in error || "errors" in error || causes > MAX_CAUSES) return false;
  const { name, message, cause, stack = "" } = error;
  const frames = stack.split("\n").slice(1);
  return (
    isPrintable(name, MAX_FRAME) &&
    isPrintable(message, MAX_MESSAGE) &&
    frames.length <= MAX_FRAMES &&
    frames.every((frame) => isPrintable(frame, MAX_FRAME)) &&
    Object.keys(error).every((key) => isPlain((error as unknown as Record<string, unknown>)[key])) &&
    (cause === undefined || (cause instanceof Error && isHarmless(cause, causes + 1)))
  );
}

const isPlain = (value: unknown): boolean =>
  typeof value === "string"
    ? isPrintable(value, MAX_MESSAGE)
    : typeof value !== "object" && typeof value !== "function";

function copyOf(error: Error, causes: number): Error {
  const { name, cause } = error;
  const head = describeError(error, MAX_MESSAGE);
  const fields = printableValue(outline({ ...error }, SHOWN, MAX_FIELDS), MAX_FIELDS) as object;
  const copy = Object.assign(new Error(printable(error.message, MAX_MESSAGE)), fields);
  Object.defineProperties(copy, {
    name: { value: printable(String(name), MAX_FRAME), configurable: true, writable: true },
    stack: { value: [head, ...framesOf(error)].join("\n"), configurable: true, writable: true },
  });
  if (cause !== undefined && causes < MAX_CAUSES) copy.cause = printableError(cause, causes + 1);
  return copy;
}

/** The stack frames only: message lines could pose as frames. */
function framesOf({ message, stack = "" }: Error): string[] {
  const at = stack.indexOf(message);
  const behind = at === -1 ? stack : stack.slice(at + message.length);
  const frames = behind.split("\n", MAX_FRAMES + 1).filter((line) => /^\s+at /.test(line));
  return frames.map((line) => printable(cut(line, MAX_FRAME), MAX_FRAME));
}
