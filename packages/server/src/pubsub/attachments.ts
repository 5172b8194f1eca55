/**
 * Messages as JSON with their bytes beside it: each `Uint8Array` is taken out, and its path kept. There is no marker
 * inside of the JSON that a message could hold by accident.
 */

type Path = readonly (string | number)[];
type Container = Record<string | number, unknown>;

/** Bytes that were found in a message, and where. An empty path: the message itself. */
export interface Attachment {
  readonly path: Path;
  readonly bytes: Uint8Array;
}

export interface Detached {
  /** The message as JSON text, with `null` where bytes were. */
  readonly json: string;
  readonly attachments: readonly Attachment[];
}

const NONE: readonly Attachment[] = [];
/** Levels of a message. Beyond it there is a cycle, or what no client's parser should be sent. */
const DEEPEST = 1_000;

/** Throws for what JSON cannot carry: cycles, bigints, more than 1,000 levels. */
export function detach(message: unknown): Detached {
  if (!holdsBytes(message, 0)) return { json: JSON.stringify(message) ?? "null", attachments: NONE };
  const attachments: Attachment[] = [];
  return { json: JSON.stringify(withoutBytes(message, [], attachments)), attachments };
}

/**
 * Puts the bytes back into a message that was parsed. Throws when a path does not lead to a `null` in it: paths come
 * from outside, and must not lead to a prototype.
 */
export function attach(message: unknown, attachments: readonly Attachment[]): unknown {
  const holder: Container = { message };
  for (const { path, bytes } of attachments) {
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

/** What an object or a list has under a key itself. */
function ownPart(parent: unknown, key: unknown): unknown {
  const isKey = typeof key === "string" || typeof key === "number";
  const isContainer = typeof parent === "object" && parent !== null && !(parent instanceof Uint8Array);
  if (isKey && isContainer && Object.hasOwn(parent, key)) return (parent as Container)[key];
  throw leadsNowhere();
}

const leadsNowhere = (): TypeError => new TypeError("bytes of a message have a path that leads nowhere");

function holdsBytes(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Uint8Array) return true;
  if (depth > DEEPEST) throw new TypeError(`a message with a cycle, or of more than ${DEEPEST} levels, cannot be sent`);
  if (Array.isArray(value)) return value.some((part) => holdsBytes(part, depth + 1));
  for (const key in value) {
    if (holdsBytes((value as Container)[key], depth + 1)) return true;
  }
  return false;
}

/** A copy with `null` for bytes, which are added to `found`. */
function withoutBytes(value: unknown, path: Path, found: Attachment[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  // Before toJSON: a Buffer has one.
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

/** Sets a key of an object as an own one, `__proto__` too. */
function set(object: Container, key: string | number, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
