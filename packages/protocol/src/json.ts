/** JSON as both text formats read it. */
import { DecodeError } from "./errors.ts";

/** `JSON.parse` of a frame. Throws {@link DecodeError}. */
export function parseFrame(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DecodeError("frame is not valid JSON");
  }
}

/**
 * The same for what clients send, stricter in one point: a lone surrogate (`"\ud800"`) is refused, because it is no
 * Unicode text and could not be sent on as UTF-8. Only an escape can bring one into a text frame.
 */
export function parseClientFrame(text: string): unknown {
  const value = parseFrame(text);
  if (text.includes("\\u") && !isWellFormed(value)) throw new DecodeError("frame has a lone surrogate in a string");
  return value;
}

/** Whether all strings in a parsed value are Unicode text. Walks with a stack of its own: nesting has no limit. */
function isWellFormed(root: unknown): boolean {
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") {
      if (!value.isWellFormed()) return false;
    } else if (typeof value === "object" && value !== null) {
      for (const key of Object.keys(value)) {
        if (!key.isWellFormed()) return false;
        pending.push((value as Record<string, unknown>)[key]);
      }
    }
  }
  return true;
}
