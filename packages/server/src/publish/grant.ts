/** What the token of a request allows. */
import { WingbeatError } from "../errors.ts";
import { parsePattern } from "../pattern.ts";
import type { Pattern } from "../pattern.ts";
import { verify } from "../token.ts";
import type { TokenRefusal } from "../token.ts";

/** The purpose of the tokens: one that was made for something else is refused. */
export const PUBLISH_SALT = "wingbeat publish";

const MIN_SECRET = 20;
/** How many patterns a token may have. */
const MAX_PATTERNS = 100;

export const isSecret = (value: unknown): value is string =>
  typeof value === "string" && Buffer.byteLength(value) >= MIN_SECRET;

/** The topics that a token allows. */
export class Grant {
  readonly #patterns: readonly Pattern[];

  constructor(patterns: readonly Pattern[]) {
    this.#patterns = patterns;
  }

  allows(topic: string): boolean {
    return this.#patterns.some((pattern) => pattern.match(topic) !== undefined);
  }

  /** For people. */
  get patterns(): string {
    return this.#patterns.map(({ source }) => JSON.stringify(source)).join(", ");
  }
}

/** Why there is none, and what to do. */
export interface NoGrant {
  readonly reason: string;
  readonly detail: string;
}

const HOW = `Sign one for each request: Token.sign(secret, "${PUBLISH_SALT}", "room:*", { maxAge: 60 }).`;

const WHY: Readonly<Record<TokenRefusal, NoGrant>> = {
  missing: { reason: "no token", detail: `Send the header authorization: Bearer <token>. ${HOW}` },
  invalid: { reason: "invalid token", detail: `It was made with another secret or another salt, or changed. ${HOW}` },
  expired: { reason: "expired token", detail: `It is too old. ${HOW}` },
};

/** The grant of an Authorization header. `maxAge`, in seconds, limits what the token says about its own age. */
export function grantOf(
  authorization: string | null | undefined,
  secrets: readonly string[],
  maxAge: number,
): Grant | NoGrant {
  if (authorization === null || authorization === undefined || authorization === "") return WHY.missing;
  const token = /^Bearer +([^\s]+)\s*$/i.exec(authorization)?.[1];
  if (token === undefined) return WHY.missing;
  let refusal: TokenRefusal = "invalid";
  for (const secret of secrets) {
    const result = verify(secret, PUBLISH_SALT, token);
    if (!result.ok) {
      if (result.reason === "expired") refusal = "expired";
      continue;
    }
    if (!verify(secret, PUBLISH_SALT, token, { maxAge }).ok) return WHY.expired;
    return patternsOf(result.data);
  }
  return WHY[refusal];
}

/** The data of a token: a pattern, or a list of them. */
function patternsOf(data: unknown): Grant | NoGrant {
  const sources: readonly unknown[] = Array.isArray(data) ? data : [data];
  const detail = `Its data must be a topic pattern or a list of up to ${MAX_PATTERNS}: "room:*", or "*" for all topics.`;
  if (sources.length === 0 || sources.length > MAX_PATTERNS) return { reason: "invalid token", detail };
  try {
    return new Grant(sources.map((source) => parsePattern(source as string)));
  } catch (error) {
    if (error instanceof WingbeatError) return { reason: "invalid token", detail };
    throw error;
  }
}
