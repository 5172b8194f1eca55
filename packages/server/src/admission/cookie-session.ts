/**
 * The web session of a connecting user. Browsers also send cookies with connections opened by other sites' pages; a
 * page of the application proves itself by sending its CSRF token as the parameter `_csrf_token`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import { checkKeys } from "../options.ts";
import type { Visit } from "./visit.ts";

type Awaitable<T> = T | PromiseLike<T>;

/** The session object of a session library. */
export type WebSession = Readonly<Record<string, unknown>>;

/**
 * A mount's `session`: reads the session that another part of the application keeps for a browser. `connect` gets it as
 * `info.session`.
 */
export interface SessionOptions {
  /**
   * Reads the session of a request from its cookie, with any session library: `visit.headers.cookie`, or for libraries
   * that need the host's request, `visit.native`. Return nothing or null when there is none. A throw refuses the
   * connection with 500.
   */
  readonly read: (visit: Visit) => Awaitable<object | null | undefined>;
  /**
   * How the parameter `_csrf_token` is checked: the session key that holds the token, or a function. When the check
   * fails, the client connects without a session. `false`: no check; only `checkOrigin` protects the session. A
   * function may be async and must return true or false; anything else refuses the connection with 500.
   */
  readonly csrf: string | false | ((session: WebSession, token: string) => Awaitable<boolean>);
}

/** Returns the session of a request, if it may be used. */
export type ReadSession = (
  visit: Visit,
  params: Readonly<Record<string, unknown>>,
) => Awaitable<WebSession | undefined>;

/** Throws `WB_OPTION`. */
export function sessionReader(where: string, options: SessionOptions): ReadSession {
  checkKeys(where, options, ["read", "csrf"]);
  const { read, csrf } = options;
  if (typeof read !== "function") {
    throw new WingbeatError("WB_OPTION", `${where}.read must be a function that returns the session of a request.`);
  }
  const isGenuine = tokenCheck(where, csrf);
  const accept = (session: object | null | undefined, token: unknown): ReturnType<ReadSession> => {
    if (session === null || session === undefined) return undefined;
    if (typeof session !== "object") {
      throw new WingbeatError(
        "WB_BAD_RETURN",
        `${where}.read must return an object, null or undefined, not a ${typeof session}.`,
      );
    }
    const pick = (verdict: unknown): WebSession | undefined => {
      if (typeof verdict === "boolean") return verdict ? (session as WebSession) : undefined;
      throw new WingbeatError("WB_BAD_RETURN", `${where}.csrf must return true or false, not a ${typeof verdict}.`);
    };
    const verdict = isGenuine(session as WebSession, token);
    return isPromise(verdict) ? Promise.resolve(verdict).then(pick) : pick(verdict);
  };
  return (visit, { _csrf_token: token }) => {
    const session = read(visit);
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
    `${where}.csrf must be set: the session key of the CSRF token, a function that checks it, or false.`,
  );
}

/** Compares in constant time. */
function isSame(expected: unknown, token: unknown): boolean {
  if (typeof expected !== "string" || typeof token !== "string" || expected === "") return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected), digest(token));
}
