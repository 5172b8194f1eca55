/** Frames as polls are answered with them: JSON strings in a JSON array. */
import type { FrameData } from "@wingbeat/protocol";
import type { Frame } from "../transport.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The frame as a JSON string, made once for all receivers of a broadcast. */
export function literalOf(frame: Frame): string {
  return (frame.literal ??= JSON.stringify(textOf(frame.data)));
}

/**
 * A binary frame is the text that its bytes are in UTF-8, as in Phoenix, or else base64. Which of the two it is shows
 * in its first character: that of a binary frame is below U+0020, and its base64 begins with "A".
 */
function textOf(data: FrameData): string {
  if (typeof data === "string") return data;
  try {
    return utf8.decode(data);
  } catch {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64");
  }
}
