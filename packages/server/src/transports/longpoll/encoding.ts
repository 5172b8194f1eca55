/** Frames as sent in the answer to a poll: JSON strings in a JSON array. */
import type { FrameData } from "@wingbeat/protocol";
import type { Encoding } from "../connection.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A frame as a JSON string. */
export const JSON_STRING: Encoding<string> = { encode: (data) => JSON.stringify(textOf(data)) };

/**
 * A binary frame is sent as its bytes decoded as UTF-8, as in Phoenix, or else as base64. The first character tells
 * which: in UTF-8 it is below U+0020, in base64 it is "A".
 */
function textOf(data: FrameData): string {
  if (typeof data === "string") return data;
  try {
    return utf8.decode(data);
  } catch {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  }
}
