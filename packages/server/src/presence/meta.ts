/** Metas as they come from the application. */
import { WingbeatError } from "../errors.ts";
import type { Meta } from "../tracker.ts";

/**
 * A copy that is the same on this node as it will be on others, where it arrives as JSON. Throws `WB_PRESENCE_LIMIT`
 * for what is no object of JSON, or longer than `maxSize` characters.
 */
export function copyMeta(meta: unknown, maxSize: number): Meta {
  const text = typeof meta === "object" && meta !== null ? writeJson(meta) : undefined;
  if (text?.startsWith("{") !== true) {
    throw new WingbeatError("WB_PRESENCE_LIMIT", "a presence's meta must be an object that JSON can carry.");
  }
  if (text.length <= maxSize) return JSON.parse(text) as Meta;
  throw new WingbeatError(
    "WB_PRESENCE_LIMIT",
    `a presence's meta has ${text.length} characters, ${maxSize} are allowed (maxMetaSize): every client gets every ` +
      "meta; keep an id in it and add the rest in fetch.",
  );
}

function writeJson(meta: object): string | undefined {
  try {
    return JSON.stringify(meta);
  } catch {
    return undefined;
  }
}
