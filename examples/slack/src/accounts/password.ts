/** Passwords as they are stored: `scrypt$N$r$p$salt$hash`, the last two in base64url. */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import type { ScryptOptions } from "node:crypto";

/** 32 MiB and some 80 ms for each try. */
const COST = { N: 32_768, r: 8, p: 1 };
const SALT_LENGTH = 16;
const HASH_LENGTH = 32;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_LENGTH);
  const hash = await derive(password, salt, HASH_LENGTH, COST);
  const { N, r, p } = COST;
  return ["scrypt", N, r, p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

/**
 * Whether a password is the stored one. Without a stored one (an unknown user) it is false after the same work, so that the
 * time tells nobody which users there are.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [, N, r, p, salt = "", hash = ""] = (stored ?? (await nobodys())).split("$");
  const expected = Buffer.from(hash, "base64url");
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const found = await derive(password, Buffer.from(salt, "base64url"), expected.length, cost);
  return timingSafeEqual(found, expected) && stored !== undefined;
}

let nobody: Promise<string> | undefined;

/** A password that nobody has. */
function nobodys(): Promise<string> {
  nobody ??= hashPassword(randomBytes(32).toString("base64url"));
  return nobody;
}

function derive(password: string, salt: Buffer, length: number, cost: ScryptOptions): Promise<Buffer> {
  // The same letters may be typed as different code points.
  const text = password.normalize("NFKC");
  const maxmem = 256 * (cost.N ?? 0) * (cost.r ?? 0);
  return new Promise((resolve, reject) => {
    scrypt(text, salt, length, { ...cost, maxmem }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
