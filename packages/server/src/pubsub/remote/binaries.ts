/**
 * Messages as JSON with binary binaries: each `Uint8Array` is taken out, and its path recorded. No marker is used
 * inside the JSON, so no message can contain one by accident.
 */

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** Bytes found in a message, and their path. An empty path: the message itself. */
export interface Binary {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

export interface Extracted {
  /** The message as JSON text, with `null` where bytes were. */
  readonly json: string;
  readonly binaries: readonly Binary[];
}

const NONE: readonly Binary[] = [];
/** Maximum nesting of a message. Deeper ones have a cycle, or could break a client's parser. */
const DEEPEST = 1_000;

/** Throws for anything that JSON cannot carry: cycles, bigints, more than 1,000 levels. */
export function extractBinaries(message: unknown): Extracted {
  if (!holdsBytes(message, 0)) return { json: JSON.stringify(message) ?? "null", binaries: NONE };
  const binaries: Binary[] = [];
  return { json: JSON.stringify(withoutBytes(message, [], binaries)), binaries };
}

/**
 * Puts the bytes back into a parsed message. Throws when a path does not lead to a `null` in it: paths come from
 * outside, and must not reach a prototype.
 */
export function restoreBinaries(message: unknown, binaries: readonly Binary[]): unknown {
  const holder: Container = { message };
  for (const { path, bytes } of binaries) {
    let parent: unknown = holder;
    let key: unknown = "message";
    for (const next of path) {
      parent = ownPart(parent, key);
      key = next;
    }
    if (ownPart(parent, key) !== null) throw leadsNowhere();
    set(parent as Container, key as string | number, bytes);
  }
  return holder["message"];
}

/** The own property of an object or list. */
function ownPart(parent: unknown, key: unknown): unknown {
  const isKey = typeof key === "string" || typeof key === "number";
  const isContainer = typeof parent === "object" && parent !== null && !(parent instanceof Uint8Array);
  if (isKey && isContainer && Object.hasOwn(parent, key)) return (parent as Container)[key];
  throw leadsNowhere();
}

const leadsNowhere = (): TypeError => new TypeError("message has an attachment with an invalid path");

function holdsBytes(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (depth > DEEPEST) throw new TypeError(`message has a cycle or more than ${DEEPEST} levels`);
  if (Array.isArray(value)) return value.some((part) => holdsBytes(part, depth + 1));
  for (const key in value) {
    if (holdsBytes((value as Container)[key], depth + 1)) return true;
  }
  return false;
}

/** Copies a value with `null` in place of bytes, which are added to `found`. */
function withoutBytes(value: unknown, path: Path, found: Binary[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  // Must come before toJSON: a Buffer has one.
  if (value instanceof Uint8Array) {
    found.push({ path, bytes: value });
    return null;
  }
  if ("toJSON" in value) return value;
  if (Array.isArray(value)) return value.map((part, index) => withoutBytes(part, [...path, index], found));
  const copy: Container = {};
  for (const [key, part] of Object.entries(value)) set(copy, key, withoutBytes(part, [...path, key], found));
  return copy;
}

/** Sets an own property of an object, `__proto__` included. */
function set(object: Container, key: string | number, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
