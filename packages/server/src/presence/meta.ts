/** Validates and copies metas. */
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { freezeMeta, MAX_META_DEPTH } from "../tracker.ts";
import type { Meta } from "../tracker.ts";

/**
 * A frozen copy, identical to what other nodes get through JSON: later changes by the application to its own object do
 * not change the presence. Throws `WB_PRESENCE_LIMIT` for anything but a JSON object, for more than `maxSize`
 * characters, and for too many levels. `spend` gets its length.
 */
export function copyMeta(meta: unknown, maxSize: number, spend?: (bytes: number) => void): Meta {
  const text = typeof meta === "object" && meta !== null && !isPromise(meta) ? writeJson(meta) : "null";
  if (!text.startsWith("{")) throw notAnObject();
  if (text.length > maxSize) {
    throw new WingbeatError(
      "WB_PRESENCE_LIMIT",
      `a presence's meta has ${text.length} characters, the limit is ${maxSize} (maxMetaSize): every client gets every ` +
        "meta; keep an id in it and add the rest with fetch.",
    );
  }
  spend?.(text.length);
  const copy = JSON.parse(text) as Meta;
  if (freezeMeta(copy)) return copy;
  throw new WingbeatError(
    "WB_PRESENCE_LIMIT",
    `a presence's meta has more than ${MAX_META_DEPTH} levels of nesting: other nodes and clients would reject it.`,
  );
}

/** Throws `WB_PRESENCE_LIMIT` for a cycle, a bigint, far too many levels, or an exception of a getter or `toJSON`. */
function writeJson(meta: object): string {
  try {
    return JSON.stringify(meta, refuseBytes) ?? "null";
  } catch (cause) {
    throw notAnObject(cause);
  }
}

/** JSON would turn bytes into an object with a key for each byte. */
function refuseBytes(this: unknown, key: string, value: unknown): unknown {
  // A Buffer's own toJSON has run by now: look at the original.
  const original = (this as Readonly<Record<string, unknown>>)[key];
  if (ArrayBuffer.isView(original) || original instanceof ArrayBuffer) throw new TypeError("bytes");
  return value;
}

function notAnObject(cause?: unknown): WingbeatError {
  const reason = cause instanceof Error ? `: ${cause.message.split("\n", 1)[0]}` : "";
  return new WingbeatError(
    "WB_PRESENCE_LIMIT",
    `a presence's meta must be an object that JSON can carry${reason}.`,
    ...(cause === undefined ? [] : [{ cause }]),
  );
}
