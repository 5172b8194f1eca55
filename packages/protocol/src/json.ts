/** JSON as both text formats read it. */
import { DecodeError } from "./errors.ts";
import { checkDepth } from "./limits.ts";
import type { FrameLimits } from "./limits.ts";

/** `JSON.parse` of a frame. Throws {@link DecodeError}. */
export function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError("frame is not valid JSON");
  }
}

/**
 * The same for what clients send, stricter in two points. A lone surrogate (`"\ud800"`) is refused, because it is no
 * Unicode text and could not be sent on as UTF-8; only an escape can bring one into a text frame. A number that is too
 * large is refused, because it would become Infinity, which JSON cannot write.
 */
export function parseClientFrame(text: string, limits: FrameLimits): unknown {
  checkDepth(text, limits);
  const value = parseFrame(text);
  if (text.includes("\\u")) checkValues(value);
  else checkNumbers(value, MAX_RECURSION);
  return value;
}

/** How many levels {@link checkNumbers} goes down by itself. */
const MAX_RECURSION = 200;

/** Looking at the values takes a twelfth of the time that parsing took. A pattern on the text would take four times as long. */
function checkNumbers(value: unknown, levels: number): void {
  if (typeof value === "number") checkNumber(value);
  else if (typeof value !== "object" || value === null) return;
  else if (levels === 0) checkValues(value);
  else if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      const item: unknown = value[index];
      if (typeof item !== "string") checkNumbers(item, levels - 1);
    }
  } else {
    // What JSON.parse makes inherits nothing that is enumerable, so this is as good as Object.keys, and faster.
    for (const key in value) {
      const field = (value as Record<string, unknown>)[key];
      if (typeof field !== "string") checkNumbers(field, levels - 1);
    }
  }
}

/** Checks numbers and texts, with a stack of its own: the limit of nesting may be high. */
function checkValues(root: unknown): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") checkText(value);
    else if (typeof value === "number") checkNumber(value);
    else if (typeof value === "object" && value !== null) {
      for (const key of Object.keys(value)) {
        checkText(key);
        pending.push((value as Record<string, unknown>)[key]);
      }
    }
  }
}

function checkNumber(value: number): void {
  if (!Number.isFinite(value)) throw new DecodeError("frame has a number that is too large");
}

function checkText(text: string): void {
  if (!text.isWellFormed()) throw new DecodeError("frame has a lone surrogate in a string");
}
