/** Payloads as the reference application's clauses match them. What does not match throws, and so crashes the channel. */

export type JsonObject = Record<string, unknown>;

/** Whether a payload is a map (a JSON object), and not binary. */
export function isMap(payload: unknown): payload is JsonObject {
  return typeof payload === "object" && payload !== null && !Array.isArray(payload) && !isBinary(payload);
}

export function isBinary(payload: unknown): payload is Uint8Array {
  return payload instanceof Uint8Array;
}

/** A payload that only has a clause for maps. */
export function mapOnly(payload: unknown): JsonObject {
  if (isMap(payload)) return payload;
  throw new TypeError("no clause for a payload that is not a map");
}

/** A payload that only has a clause for binaries. */
export function binaryOnly(payload: unknown): Uint8Array {
  if (isBinary(payload)) return payload;
  throw new TypeError("no clause for a payload that is not binary");
}

/** A payload that goes into a map: binary cannot, because JSON has no place for it. */
export function jsonOnly(payload: unknown): unknown {
  if (isBinary(payload)) throw new TypeError("binary cannot be part of a map");
  return payload;
}
