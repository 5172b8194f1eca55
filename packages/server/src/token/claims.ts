/** What a token contains beside its data: `{data, signed at, max age}`, a tuple of the Erlang term format. */
import { TAG, type TokenData } from "./term.ts";
import { decodeTerm } from "./term-decoder.ts";
import { Atom, encodeTerm, Tuple } from "./term-encoder.ts";

/** Seconds for which a token is valid by default. */
export const DEFAULT_MAX_AGE = 86_400;

/** The result of `verify` and `decrypt`. */
export type TokenResult<Data = TokenData> =
  | { readonly ok: true; readonly data: Data }
  | { readonly ok: false; readonly reason: TokenRefusal };

/**
 * Why a token is rejected: `missing` (null or undefined), `expired` (genuine, but older than its max age), or
 * `invalid` (everything else).
 */
export type TokenRefusal = "missing" | "invalid" | "expired";

/** `signedAt` in milliseconds since 1970, `maxAge` in seconds. */
export interface Claims {
  readonly data: TokenData;
  readonly signedAt: number;
  readonly maxAge: number;
}

/** The message of a new token. */
export function writeClaims(data: unknown, signedAt: number, maxAge: number): Buffer {
  return encodeTerm(new Tuple(data, signedAt, maxAge === Infinity ? new Atom("infinity") : maxAge));
}

/** Reads the message of a genuine token; undefined when it is not claims. */
export function readClaims(message: Buffer): Claims | undefined {
  const term = decodeTerm(message);
  if (term === undefined) return undefined;
  const [data, signedAt, maxAge] = fieldsOf(message[1], term);
  if (data === undefined || !Number.isSafeInteger(signedAt)) return undefined;
  const seconds = maxAge === "infinity" ? Infinity : maxAge;
  return typeof seconds === "number" ? { data, signedAt: signedAt as number, maxAge: seconds } : undefined;
}

/** Pairs and maps are older forms, without a max age. */
function fieldsOf(tag: number | undefined, term: TokenData): readonly (TokenData | undefined)[] {
  if (tag === TAG.smallTuple) {
    const fields = term as readonly TokenData[];
    if (fields.length === 3) return fields;
    return fields.length === 2 ? [...fields, DEFAULT_MAX_AGE] : [];
  }
  if (tag !== TAG.map) return [];
  const { data, signed } = term as { readonly [key: string]: TokenData };
  return [data, signed, DEFAULT_MAX_AGE];
}

/** What the claims say at the time `now`, in milliseconds. `maxAge` (seconds) replaces the one in the claims. */
export function judge(claims: Claims, now: number, maxAge = claims.maxAge): TokenResult {
  if (maxAge === Infinity) return { ok: true, data: claims.data };
  if (claims.signedAt > now) return { ok: false, reason: "invalid" };
  const isOver = maxAge <= 0 || claims.signedAt + Math.trunc(maxAge * 1000) < now;
  return isOver ? { ok: false, reason: "expired" } : { ok: true, data: claims.data };
}
