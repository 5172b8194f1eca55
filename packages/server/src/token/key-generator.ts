/**
 * Derives keys from a secret as Plug.Crypto.KeyGenerator does: PBKDF2, with the token's salt as salt. 1000 iterations
 * take about half a millisecond, a cached key some microseconds.
 */
import { createHash, createSecretKey, pbkdf2Sync, type KeyObject } from "node:crypto";

/** Digests of the key derivation. */
export const KEY_DIGESTS = ["sha256", "sha384", "sha512"] as const;
/** The digest with which keys are derived from a secret. Default `sha256`. */
export type KeyDigest = (typeof KEY_DIGESTS)[number];

/** How a key is derived. `length` is in bytes. */
export interface KeyDerivation {
  readonly iterations: number;
  readonly length: number;
  readonly digest: KeyDigest;
}

/** Applications have a handful of salts; beyond this number, the least recently used key is dropped. */
const MAX_KEYS = 64;

/** Derived keys by fingerprint, in order of use. Neither secrets nor salts are kept. */
const keys = new Map<string, KeyObject>();

/** The key of a secret and a salt. */
export function deriveKey(secret: string, salt: string, derivation: KeyDerivation): KeyObject {
  const name = fingerprint(secret, salt, derivation);
  const key = keys.get(name) ?? newKey(secret, salt, derivation);
  keys.delete(name);
  keys.set(name, key);
  if (keys.size > MAX_KEYS) keys.delete(keys.keys().next().value as string);
  return key;
}

function newKey(secret: string, salt: string, { iterations, length, digest }: KeyDerivation): KeyObject {
  const key = pbkdf2Sync(secret, salt, iterations, length, digest);
  try {
    return createSecretKey(key);
  } finally {
    // The key object has a copy of its own, outside of the heap.
    key.fill(0);
  }
}

function fingerprint(secret: string, salt: string, { iterations, length, digest }: KeyDerivation): string {
  return createHash("sha256")
    .update(`${digest},${iterations},${length},${secret.length},`)
    .update(secret)
    .update(salt)
    .digest("base64");
}
