/** Asks the application who somebody is, and what they may do here. */
import { decidedInTime } from "../admission/deadline.ts";
import type { Visit } from "../admission/visit.ts";
import { describe, isPromise } from "../awaitable.ts";
import { WingbeatError } from "../errors.ts";
import type { RequestHeaders } from "../socket/connect-info.ts";
import { RIGHTS } from "./rights.ts";
import type { InspectorRight } from "./rights.ts";

/** A request for the inspector, as `authorize` gets it. Nothing in it is trusted, but the address. */
export interface InspectorRequest {
  readonly headers: RequestHeaders;
  /** As in the request line, query included. */
  readonly url: string;
  /** The client's address: the peer of the TCP connection, or what a proxy reports that the endpoint trusts. */
  readonly address: string;
  /** The request of node:http (an `IncomingMessage`), for libraries that read sessions. */
  readonly native: unknown;
}

/** Somebody who may look. */
export interface InspectorUser {
  /** Their name, for the page and the audit: not empty, and not undefined. */
  readonly user?: string;
  /** What they may do besides. Default: nothing. */
  readonly may?: readonly InspectorRight[];
  /** When their login ends, in ms since 1970 or as a Date. Default: they are asked for again every two minutes anyway. */
  readonly expiresAt?: number | Date;
}

/** `true`: may look, and nothing else. A throw or rejection lets nobody in. */
export type Authorize = (request: InspectorRequest) => boolean | InspectorUser | PromiseLike<boolean | InspectorUser>;

/** What `authorize` has said. */
export interface Login {
  readonly user: string | null;
  readonly may: readonly InspectorRight[];
  /** In ms since 1970; Infinity: never. */
  readonly expiresAt: number;
}

export type NotAsked = "not authorized" | "crashed" | "timeout" | "gone" | "busy";

/** Why somebody is not let in. */
export interface Denial {
  readonly denied: NotAsked;
  readonly error?: unknown;
}

/** How many decisions may be under way. */
export const MAX_DECISIONS = 100;
/** Of a user's name, in characters. */
const MAX_USER = 256;

/** The decisions of an application. */
export class Authorization {
  readonly #authorize: Authorize;
  readonly #timeout: number;
  #running = 0;

  /** `timeout`: ms for one decision. */
  constructor(authorize: Authorize, timeout: number) {
    this.#authorize = authorize;
    this.#timeout = timeout;
  }

  /** Never rejects. */
  async ask(visit: Visit, address: string): Promise<Login | Denial> {
    if (this.#running >= MAX_DECISIONS) return { denied: "busy" };
    this.#running++;
    try {
      const { headers, url, native } = visit;
      const decision = this.#authorize({ headers: Object.freeze({ ...headers }), url, address, native });
      if (!isPromise(decision)) return read(decision);
      const decided = await decidedInTime(decision, visit, this.#timeout);
      return typeof decided === "string" ? { denied: decided } : read(decided.value);
    } catch (error) {
      return { denied: "crashed", error };
    } finally {
      this.#running--;
    }
  }
}

/** Throws `WB_BAD_RETURN`. */
function read(decision: unknown): Login | Denial {
  if (decision === false) return { denied: "not authorized" };
  if (decision === true) return { user: null, may: [], expiresAt: Infinity };
  if (typeof decision !== "object" || decision === null) throw badReturn(describe(decision));
  // What is empty was not meant: no rows of a database, a session that there is not.
  if (Object.keys(decision).length === 0) throw badReturn("an object without fields");
  const { user, may = [], expiresAt = Infinity, ...others } = decision as Readonly<Record<string, unknown>>;
  const [other] = Object.keys(others);
  if (other !== undefined) throw badReturn(`an object with ${JSON.stringify(other)}`);
  const isNamed = typeof user === "string" && user !== "" && user.length <= MAX_USER;
  if ("user" in decision && !isNamed) throw badReturn(`a user that is ${user === "" ? "empty" : describe(user)}`);
  if (!Array.isArray(may) || !may.every((right) => RIGHTS.includes(right as InspectorRight))) {
    throw badReturn("rights that there are not");
  }
  const end = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt;
  if (typeof end !== "number" || Number.isNaN(end)) throw badReturn(`an expiresAt that is ${describe(expiresAt)}`);
  if (end <= Date.now()) return { denied: "not authorized" };
  return { user: isNamed ? user : null, may: [...(may as InspectorRight[])], expiresAt: end };
}

const badReturn = (what: string): WingbeatError =>
  new WingbeatError(
    "WB_BAD_RETURN",
    `authorize of the inspector returned ${what}: it must return true, false or { user, may, expiresAt }, where may ` +
      `has ${RIGHTS.map((right) => `"${right}"`).join(" and ")}.`,
  );
