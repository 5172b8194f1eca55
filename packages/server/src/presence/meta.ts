/** Metas as they come from the application. */
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { freezeMeta, MAX_META_DEPTH } from "../tracker.ts";
import type { Meta } from "../tracker.ts";

/**
 * A frozen copy, the same on this node as on others, where it arrives as JSON: what the application does to its own
 * object later changes no presence. Throws `WB_PRESENCE_LIMIT` for what is not an object of JSON, is longer than
 * `maxSize` characters, or is nested too deep.
 */
export function copyMeta(meta: unknown, maxSize: number): Meta {
  const text = typeof meta === "object" && meta !== null && !isPromise(meta) ? writeJson(meta) : "null";
  if (!text.startsWith("{")) throw notAnObject();
  if (text.length > maxSize) {
    throw new WingbeatError(
      "WB_PRESENCE_LIMIT",
      `a presence's meta has ${text.length} characters, ${maxSize} are allowed (maxMetaSize): every client gets every ` +
        "meta; keep an id in it and add the rest in fetch.",
    );
  }
  const copy = JSON.parse(text) as Meta;
  if (freezeMeta(copy)) return copy;
  throw new WingbeatError(
    "WB_PRESENCE_LIMIT",
    `a presence's meta has more than ${MAX_META_DEPTH} levels of objects and lists: other nodes and clients would not read it.`,
  );
}

/** Throws `WB_PRESENCE_LIMIT` for a cycle, a bigint, far too many levels, or what a getter or `toJSON` throws. */
function writeJson(meta: object): string {
  try {
    return JSON.stringify(meta, refuseBytes) ?? "null";
  } catch (cause) {
    throw notAnObject(cause);
  }
}

/** JSON would make an object with a key for each byte of them. */
function refuseBytes(this: unknown, key: string, value: unknown): unknown {
  // A Buffer has become an object by its own toJSON before it comes here.
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
