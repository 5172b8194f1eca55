/**
 * Signed and encrypted tokens in the formats of Phoenix.Token (Plug.Crypto): a Phoenix app that has the same secret
 * accepts what is made here, and the other way round. A token that is not accepted is a result, never an exception;
 * only mistakes of the program throw, with `WB_OPTION`: a secret below 20 bytes, a wrong option, data that no token
 * can carry.
 */
import type { KeyObject } from "node:crypto";
import { DEFAULT_MAX_AGE, judge, openEnvelope, sealEnvelope, type TokenResult } from "./token/envelope.ts";
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

export type { TokenRefusal, TokenResult } from "./token/envelope.ts";
export type { KeyDigest } from "./token/key-generator.ts";
export type { KeyOptions, SignOptions, VerifyOptions } from "./token/options.ts";
export type { TokenData } from "./token/term.ts";

/**
 * Makes a token that everybody can read and nobody can change. `salt` says what it is for ("user socket"): a token
 * is only accepted with the salt it was made with. `data` is what JSON holds, and bigints.
 */
export function sign(secret: string, salt: string, data: TokenData | object, options: SignOptions = {}): string {
  checkSecret("sign", secret, salt);
  checkSignOptions("sign", options);
  return signMessage(messageOf(data, options), keyOf(secret, salt, options));
}

/**
 * Checks a token of `sign`: `{ ok: true, data }`, or `{ ok: false, reason }` with `"missing"`, `"invalid"` or
 * `"expired"`. Any value may be given as token, so that `params.token` of a client can be.
 *
 * `Data` is what the one who signs puts in: the signature proves who made the token, not what shape its data has.
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

/** Like `sign`, and nobody without the secret can read the token. */
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
  return sealEnvelope(data, milliseconds, maxAge);
}

type ReadMessage = (text: string, key: KeyObject) => Buffer | undefined;

function accept(read: ReadMessage, key: KeyObject, token: unknown, { maxAge }: VerifyOptions): TokenResult {
  if (token === null || token === undefined) return { ok: false, reason: "missing" };
  const message = typeof token === "string" ? read(token, key) : undefined;
  const envelope = message && openEnvelope(message);
  return envelope ? judge(envelope, Date.now(), maxAge) : { ok: false, reason: "invalid" };
}
