/**
 * The web session of the user who connects. Browsers send cookies with connections that other pages open, too; a page
 * of the application proves itself with the CSRF token that it was served, as the parameter `_csrf_token`.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isPromise } from "../channel/call.ts";
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
   * check fails, the client is connected without a session. `false`: no check; `checkOrigin` alone guards the session.
   */
  readonly csrf: string | false | ((session: WebSession, token: string) => boolean);
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
  const accept = (session: object | null | undefined, token: unknown): WebSession | undefined => {
    if (session === null || session === undefined) return undefined;
    return isGenuine(session as WebSession, token) ? (session as WebSession) : undefined;
  };
  return (request, { _csrf_token: token }) => {
    const session = read(request);
    return isPromise(session) ? session.then((found) => accept(found, token)) : accept(session, token);
  };
}

function tokenCheck(where: string, csrf: SessionOptions["csrf"]): (session: WebSession, token: unknown) => boolean {
  if (csrf === false) return () => true;
  if (typeof csrf === "function") return (session, token) => typeof token === "string" && csrf(session, token);
  if (typeof csrf === "string" && csrf !== "") return (session, token) => isSame(session[csrf], token);
  throw new WingbeatError(
    "WB_OPTION",
    `${where}.csrf must be said: the session's key of the CSRF token, a function that checks it, or false.`,
  );
}

/** Compares in a time that does not tell how much of the token is right. */
function isSame(expected: unknown, token: unknown): boolean {
  if (typeof expected !== "string" || typeof token !== "string" || expected === "") return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(expected), digest(token));
}
