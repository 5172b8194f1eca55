/** What a POST holds: one text frame, or several frames in lines. */
import { isUtf8 } from "node:buffer";
import type { FrameData } from "@wingbeat/protocol";

/** Only this very value means lines, as in Phoenix: with a parameter behind it, the body is one text. */
const LINES = "application/x-ndjson";

/** Why a body holds no frames at all. */
export type BatchFault = "batch too large" | "body is not UTF-8";

/** The frames of a body, still undecoded. More than `limit` of them are a fault. */
export function batchOf(body: Buffer, contentType: string | undefined, limit: number): FrameData[] | BatchFault {
  if (!isUtf8(body)) return "body is not UTF-8";
  const text = body.toString("utf8");
  if (contentType !== LINES) return [text];
  const lines = text.split("\n", limit + 1);
  return lines.length > limit ? "batch too large" : lines.map(frameOf);
}

/**
 * A line that begins like JSON is a text frame, base64 is a binary one. Anything else is handed on as the text that it
 * is, for the session to refuse.
 */
function frameOf(line: string): FrameData {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (text.startsWith("[") || text.startsWith("{") || text.length % 4 !== 0) return text;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  // Node passes over what is no base64: then there are fewer bytes than so many characters give.
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : text;
}
