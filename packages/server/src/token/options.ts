/** Options of tokens, and their checks: an invalid option is a programming error and throws; an invalid token does not. */
import { WingbeatError } from "../errors.ts";
import { checkKeys, checkCount } from "../options.ts";
import { KEY_DIGESTS, type KeyDerivation, type KeyDigest } from "./key-generator.ts";

/** How the key is derived from secret and salt. Both sides must use the same values; the defaults are Phoenix's. */
export interface KeyOptions {
  /** Rounds of PBKDF2. Default 1000, meant for generated secrets, not for passwords. */
  readonly keyIterations?: number;
  /** Bytes of the key. Default 32, the only length for encryption. */
  readonly keyLength?: number;
  /** Digest of the key derivation. Default `sha256`. Tokens are signed with HMAC-SHA256 in any case. */
  readonly keyDigest?: KeyDigest;
}

/** Options of `sign` and `encrypt`. */
export interface SignOptions extends KeyOptions {
  /** Seconds for which the token is valid, unless `verify` overrides it. Default 86400 (a day); may be Infinity. */
  readonly maxAge?: number;
  /** When the token was made, in seconds since 1970. Default: now. */
  readonly signedAt?: number;
}

/** Options of `verify` and `decrypt`. */
export interface VerifyOptions extends KeyOptions {
  /** Seconds for which the token is valid; overrides the token's own. May be Infinity. Default: the token's own. */
  readonly maxAge?: number;
}

const KEY_OPTIONS = ["keyIterations", "keyLength", "keyDigest"];
const VERIFY_OPTIONS = ["maxAge", ...KEY_OPTIONS];
const SIGN_OPTIONS = ["signedAt", ...VERIFY_OPTIONS];

/** Minimum length of a secret in bytes, as in Phoenix. */
const MIN_SECRET_BYTES = 20;
const ENCRYPTION_KEY_LENGTH = 32;
/** No time in seconds is as large before the year 5138; one in milliseconds always is. */
const MAX_SECONDS = 1e11;

export function checkSignOptions(where: string, options: SignOptions): void {
  checkKeys(where, options, SIGN_OPTIONS);
  checkCommon(where, options);
  const { signedAt } = options;
  if (signedAt === undefined || (Number.isFinite(signedAt) && Math.abs(signedAt) < MAX_SECONDS)) return;
  throw new WingbeatError("WB_OPTION", `${where}: signedAt is ${String(signedAt)}: it must be a time in seconds.`);
}

export function checkVerifyOptions(where: string, options: VerifyOptions): void {
  checkKeys(where, options, VERIFY_OPTIONS);
  checkCommon(where, options);
}

function checkCommon(where: string, { maxAge, keyIterations, keyLength, keyDigest }: VerifyOptions): void {
  checkCount(`${where}: keyIterations`, keyIterations);
  checkCount(`${where}: keyLength`, keyLength);
  if (keyDigest !== undefined && !KEY_DIGESTS.includes(keyDigest)) {
    throw new WingbeatError("WB_OPTION", `${where}: keyDigest must be one of ${KEY_DIGESTS.join(", ")}.`);
  }
  if (maxAge === undefined || maxAge === Infinity || Number.isFinite(maxAge)) return;
  throw new WingbeatError("WB_OPTION", `${where}: maxAge is ${String(maxAge)}: it must be seconds, or Infinity.`);
}

/** Checks secret and salt. The message never shows the secret. */
export function checkSecret(where: string, secret: string, salt: string): void {
  if (typeof secret !== "string" || Buffer.byteLength(secret) < MIN_SECRET_BYTES) {
    throw new WingbeatError(
      "WB_OPTION",
      `${where}: the secret must be a string of at least ${MIN_SECRET_BYTES} bytes. ` +
        "Generate one, e.g. with: openssl rand -base64 48",
    );
  }
  if (typeof salt === "string") return;
  throw new WingbeatError("WB_OPTION", `${where}: the salt must be a string that names the token's purpose.`);
}

/** Ciphers have keys of one length. */
export function checkEncryptionKey(where: string, { keyLength }: KeyOptions): void {
  if (keyLength === undefined || keyLength === ENCRYPTION_KEY_LENGTH) return;
  throw new WingbeatError("WB_OPTION", `${where}: keyLength is ${keyLength}: it must be ${ENCRYPTION_KEY_LENGTH}.`);
}

/** The derivation that the options ask for. */
export function derivationOf({ keyIterations, keyLength, keyDigest }: KeyOptions): KeyDerivation {
  return { iterations: keyIterations ?? 1000, length: keyLength ?? 32, digest: keyDigest ?? "sha256" };
}
