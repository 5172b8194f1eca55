/**
 * Signed and encrypted tokens in the formats of Phoenix.Token (Plug.Crypto): a Phoenix app with the same secret
 * accepts tokens made here, and vice versa. A rejected token is a result, never an exception; only programming errors
 * throw, with `WB_OPTION`: a secret shorter than 20 bytes, an invalid option, data that a token cannot carry.
 */
import type { KeyObject } from "node:crypto";
import { DEFAULT_MAX_AGE, judge, readClaims, writeClaims, type TokenResult } from "./token/claims.ts";
import { deriveKey } from "./token/key-generator.ts";
import { decryptMessage, encryptMessage } from "./token/message-encryptor.ts";
import { signMessage, verifyMessage } from "./token/message-verifier.ts";
import {
  checkEncryptionKey,
  checkSecret,
  checkSignOptions,
  checkVerifyOptions,
  derivationOf,
  type KeyOptions,
  type SignOptions,
  type VerifyOptions,
} from "./token/options.ts";
import type { TokenData } from "./token/term.ts";

export type { TokenRefusal, TokenResult } from "./token/claims.ts";
export type { KeyDigest } from "./token/key-generator.ts";
export type { KeyOptions, SignOptions, VerifyOptions } from "./token/options.ts";
export type { TokenData } from "./token/term.ts";

/**
 * Makes a token that anyone can read but not change. `salt` names its purpose ("user socket"): a token is only
 * accepted with the salt it was made with. `data` is JSON, plus bigints.
 */
export function sign(secret: string, salt: string, data: TokenData | object, options: SignOptions = {}): string {
  checkSecret("sign", secret, salt);
  checkSignOptions("sign", options);
  return signMessage(messageOf(data, options), keyOf(secret, salt, options));
}

/**
 * Checks a token of `sign`: `{ ok: true, data }`, or `{ ok: false, reason }` with `"missing"`, `"invalid"` or
 * `"expired"`. Any value may be passed as token, for example a client's `params.token`.
 *
 * `Data` is the type that your code signs: the signature proves the token's origin, not the shape of its data.
 */
export function verify<Data = TokenData>(
  secret: string,
  salt: string,
  token: unknown,
  options: VerifyOptions = {},
): TokenResult<Data> {
  checkSecret("verify", secret, salt);
  checkVerifyOptions("verify", options);
  return accept(verifyMessage, keyOf(secret, salt, options), token, options) as TokenResult<Data>;
}

/** Like `sign`, but the token cannot be read without the secret. */
export function encrypt(secret: string, salt: string, data: TokenData | object, options: SignOptions = {}): string {
  checkSecret("encrypt", secret, salt);
  checkSignOptions("encrypt", options);
  checkEncryptionKey("encrypt", options);
  return encryptMessage(messageOf(data, options), keyOf(secret, salt, options));
}

/** Like `verify`, for a token of `encrypt`. */
export function decrypt<Data = TokenData>(
  secret: string,
  salt: string,
  token: unknown,
  options: VerifyOptions = {},
): TokenResult<Data> {
  checkSecret("decrypt", secret, salt);
  checkVerifyOptions("decrypt", options);
  checkEncryptionKey("decrypt", options);
  return accept(decryptMessage, keyOf(secret, salt, options), token, options) as TokenResult<Data>;
}

function keyOf(secret: string, salt: string, options: KeyOptions): KeyObject {
  return deriveKey(secret, salt, derivationOf(options));
}

function messageOf(data: unknown, { signedAt, maxAge = DEFAULT_MAX_AGE }: SignOptions): Buffer {
  const milliseconds = signedAt === undefined ? Date.now() : Math.trunc(signedAt * 1000);
  return writeClaims(data, milliseconds, maxAge);
}

type ReadMessage = (text: string, key: KeyObject) => Buffer | undefined;

function accept(read: ReadMessage, key: KeyObject, token: unknown, { maxAge }: VerifyOptions): TokenResult {
  if (token === null || token === undefined) return { ok: false, reason: "missing" };
  const message = typeof token === "string" ? read(token, key) : undefined;
  const claims = message && readClaims(message);
  return claims ? judge(claims, Date.now(), maxAge) : { ok: false, reason: "invalid" };
}
