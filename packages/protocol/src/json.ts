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

/** A number of so many digits, or with such an exponent, may be too large for a double. */
const MAY_BE_HUGE = /[0-9]{20}|[0-9][eE]\+?[0-9]{3}/;

/**
 * The same for what clients send, stricter in two points. A lone surrogate (`"\ud800"`) is refused, because it is no
 * Unicode text and could not be sent on as UTF-8; only an escape can bring one into a text frame. A number that is too
 * large is refused, because it would become Infinity, which JSON cannot write.
 */
export function parseClientFrame(text: string, limits: FrameLimits): unknown {
  checkDepth(text, limits);
  const value = parseFrame(text);
  if (text.includes("\\u") || MAY_BE_HUGE.test(text)) checkValues(value);
  return value;
}

/** Walks with a stack of its own: the limit of nesting may be high. */
function checkValues(root: unknown): void {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") checkText(value);
    else if (typeof value === "number") {
      if (!Number.isFinite(value)) throw new DecodeError("frame has a number that is too large");
    } else if (typeof value === "object" && value !== null) {
      for (const key of Object.keys(value)) {
        checkText(key);
        pending.push((value as Record<string, unknown>)[key]);
      }
    }
  }
}

function checkText(text: string): void {
  if (!text.isWellFormed()) throw new DecodeError("frame has a lone surrogate in a string");
}
