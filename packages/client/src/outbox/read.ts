/** What is found in a storage may be of another version of this package, or of anybody. */
import type { StoredPush } from "./storage.ts";

const SESSION = /^[\w-]{22}$/;

/** Undefined: it is no push of this version, and is left alone. */
export function readPush(found: unknown): StoredPush | undefined {
  const { v, id, session, topic, event, payload, at, resend, n, epoch } = (found ?? {}) as {
    readonly [Key in keyof StoredPush]?: unknown;
  };
  const isPush =
    v === 1 &&
    typeof id === "string" &&
    typeof session === "string" &&
    SESSION.test(session) &&
    typeof topic === "string" &&
    typeof event === "string" &&
    isJson(payload) &&
    Number.isFinite(at) &&
    typeof resend === "boolean" &&
    (n === undefined
      ? epoch === undefined
      : Number.isSafeInteger(n) && (n as number) > 0 && typeof epoch === "string" && epoch !== "");
  return isPush ? ({ v, id, session, topic, event, payload, at, resend, n, epoch } as StoredPush) : undefined;
}

function isJson(text: unknown): boolean {
  try {
    return typeof text === "string" && JSON.parse(text) !== undefined;
  } catch {
    return false;
  }
}

/** Throws for what cannot tell users apart. */
export function checkUser(user: unknown): void {
  if (typeof user !== "string" || user === "") {
    throw new TypeError("an outbox needs to know whose pushes it keeps: pass the user's id, a string");
  }
}
