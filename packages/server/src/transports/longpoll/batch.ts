/** The body of a POST: one text frame, or several frames, one per line. */
import { isUtf8 } from "node:buffer";
import type { FrameData } from "@wingbeat/protocol";

/** Only this exact value means lines, as in Phoenix: with a parameter appended, the body is one text frame. */
const LINES = "application/x-ndjson";

/** Why a whole body was rejected. */
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
 * A line that starts like JSON is a text frame, base64 is a binary one. Anything else is passed on as text, for the
 * socket to reject.
 */
function frameOf(line: string): FrameData {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  if (text.startsWith("[") || text.startsWith("{") || text.length % 4 !== 0) return text;
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  const bytes = Buffer.from(text, "base64");
  // Node skips invalid base64: then there are fewer bytes than the length implies.
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : text;
}
