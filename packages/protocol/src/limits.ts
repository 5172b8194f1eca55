/** Limits on a client's frames. A frame that exceeds one cannot be decoded: its connection is closed. */
import { isDeeperThan } from "./depth.ts";
import { DecodeError } from "./errors.ts";
import type { ClientMessage } from "./message.ts";
import { encodeUtf8 } from "./utf8.ts";

/** The default maximum nesting of arrays and objects in a payload. */
export const MAX_DEPTH = 64;
/**
 * The maximum length of topic, event, ref and join_ref, as JSON in UTF-8 bytes. Headers of binary frames have at most
 * 255 bytes.
 */
export const MAX_FIELD_BYTES = 1_024;

/** The limits that a server can set. All frames of a mount share one object. */
export interface FrameLimits {
  /** Levels of arrays and objects in a payload: `{"a":[]}` has two. */
  readonly maxDepth: number;
}

export const DEFAULT_LIMITS: FrameLimits = { maxDepth: MAX_DEPTH };

/** Throws {@link DecodeError} for text that is nested too deeply. Called before parsing. */
export function checkDepth(text: string, { maxDepth }: FrameLimits): void {
  // The frame around the payload is one level.
  if (isDeeperThan(text, maxDepth + 1)) throw new DecodeError(`frame is nested more than ${maxDepth} levels deep`);
}

/** Throws {@link DecodeError} for a message with a field that is too long. */
export function checkFields(message: ClientMessage): ClientMessage {
  checkField("join_ref", message.joinRef);
  checkField("ref", message.ref);
  checkField("topic", message.topic);
  checkField("event", message.event);
  return message;
}

/** A character takes at most six bytes in JSON: a string of up to this many characters is never too long. */
const NEVER_TOO_LONG = Math.floor((MAX_FIELD_BYTES - 2) / 6);

function checkField(name: string, value: unknown): void {
  if (typeof value === "string") {
    if (value.length <= NEVER_TOO_LONG) return;
  } else if (typeof value !== "object" || value === null) return;
  if (!isShort(value)) throw new DecodeError(`${name} is longer than ${MAX_FIELD_BYTES} bytes of JSON`);
}

function isShort(value: unknown): boolean {
  const json = JSON.stringify(value);
  return json.length <= MAX_FIELD_BYTES && (encodeUtf8(json)?.length ?? Infinity) <= MAX_FIELD_BYTES;
}
