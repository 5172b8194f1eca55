/**
 * The web session of the user who connects. Browsers send cookies with connections that other pages open, too; a page
 * of the application proves itself with the CSRF token that it was served, as the parameter `_csrf_token`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";

type Awaitable<T> = T | PromiseLike<T>;

/** What a session library keeps for a user. */
export type WebSession = Readonly<Record<string, unknown>>;

export interface SessionOptions {
  /**
   * Reads the session of a request, by its cookie: whatever session library the application has. Nothing or null: there
   * is none. A throw refuses the connection with 500.
   */
  readonly read: (request: IncomingMessage) => Awaitable<object | null | undefined>;
  /**
   * How the parameter `_csrf_token` is checked: the key under which the session keeps the token, or a function. When the
   * check fails, the client is connected without a session. `false`: no check; `checkOrigin` alone guards the session. A
   * function may be async; what it gives must be true or false, or the connection is refused with 500.
   */
  readonly csrf: string | false | ((session: WebSession, token: string) => Awaitable<boolean>);
}

/** Gives the session of a request, if it may be used. */
export type ReadSession = (
  request: IncomingMessage,
  params: Readonly<Record<string, unknown>>,
) => Awaitable<WebSession | undefined>;

/** Throws `WB_OPTION`. */
export function sessionReader(where: string, options: SessionOptions): ReadSession {
  checkKeys(where, options, ["read", "csrf"]);
  const { read, csrf } = options;
  if (typeof read !== "function") {
    throw new WingbeatError("WB_OPTION", `${where}.read must be a function that gives the session of a request.`);
  }
  const isGenuine = tokenCheck(where, csrf);
  const accept = (session: object | null | undefined, token: unknown): ReturnType<ReadSession> => {
    if (session === null || session === undefined) return undefined;
    if (typeof session !== "object") {
      throw new WingbeatError(
        "WB_BAD_RETURN",
        `${where}.read must give an object, null or nothing, not a ${typeof session}.`,
      );
    }
    const pick = (verdict: unknown): WebSession | undefined => {
      if (typeof verdict === "boolean") return verdict ? (session as WebSession) : undefined;
      throw new WingbeatError("WB_BAD_RETURN", `${where}.csrf must return true or false, not a ${typeof verdict}.`);
    };
    const verdict = isGenuine(session as WebSession, token);
    return isPromise(verdict) ? Promise.resolve(verdict).then(pick) : pick(verdict);
  };
  return (request, { _csrf_token: token }) => {
    const session = read(request);
    if (!isPromise(session)) return accept(session, token);
    return Promise.resolve(session).then((found) => accept(found, token));
  };
}

type TokenCheck = (session: WebSession, token: unknown) => Awaitable<boolean>;

function tokenCheck(where: string, csrf: SessionOptions["csrf"]): TokenCheck {
  if (csrf === false) return () => true;
  if (typeof csrf === "function") return (session, token) => (typeof token === "string" ? csrf(session, token) : false);
  if (typeof csrf === "string" && csrf !== "") return (session, token) => isSame(session[csrf], token);
  throw new WingbeatError(
    "WB_OPTION",
    `${where}.csrf must be set: the session's key of the CSRF token, a function that checks it, or false.`,
  );
}

/** Compares in a time that does not tell how much of the token is right. */
function isSame(expected: unknown, token: unknown): boolean {
  if (typeof expected !== "string" || typeof token !== "string" || expected === "") return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected), digest(token));
}
