/**
 * Signed messages as Plug.Crypto.MessageVerifier writes them: `protected.payload.signature`, all base64url without
 * padding, where `protected` names the digest of the HMAC over `protected.payload`.
 */
import { createHmac, timingSafeEqual, type KeyObject } from "node:crypto";
import { base64url } from "./base64url.ts";

/** Base64url of `HS256`. */
const HS256 = "SFMyNTY";
/** Digests by what stands before the first dot; `HS384` and `HS512` are read, not written. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  [HS256, "sha256"],
  ["SFMzODQ", "sha384"],
  ["SFM1MTI", "sha512"],
  // The same with the padding that their five bytes have.
  ["SFMyNTY=", "sha256"],
  ["SFMzODQ=", "sha384"],
  ["SFM1MTI=", "sha512"],
]);

/** Signs a message with HMAC-SHA256. */
export function signMessage(message: Buffer, key: KeyObject): string {
  const signed = `${HS256}.${message.toString("base64url")}`;
  return `${signed}.${signatureOf(signed, "sha256", key)}`;
}

/** The message of a signed text; undefined when the text is anything but what the holder of the key signed. */
export function verifyMessage(text: string, key: KeyObject): Buffer | undefined {
  const first = text.indexOf(".");
  const last = text.lastIndexOf(".");
  const digest = DIGESTS.get(text.slice(0, first));
  if (digest === undefined || last === first) return undefined;
  const expected = signatureOf(text.slice(0, last), digest, key);
  const signature = base64url(text.slice(last + 1))?.toString("base64url");
  if (signature === undefined || !isSame(signature, expected)) return undefined;
  return base64url(text.slice(first + 1, last));
}

function signatureOf(signed: string, digest: string, key: KeyObject): string {
  return createHmac(digest, key).update(signed).digest("base64url");
}

/** Compares in a time that depends on the lengths only. */
function isSame(given: string, expected: string): boolean {
  const bytes = Buffer.from(given, "utf8");
  const expectedBytes = Buffer.from(expected, "utf8");
  return bytes.length === expectedBytes.length && timingSafeEqual(bytes, expectedBytes);
}
