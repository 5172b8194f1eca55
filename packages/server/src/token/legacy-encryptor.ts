/**
 * Encrypted messages of Plug.Crypto 1, which are read but no longer written: five parts of base64url between dots,
 * `protected.key.iv.ciphertext.tag`, in AES-128-GCM with its own key, which `key` holds, encrypted with
 * the derived key.
 */
import { createDecipheriv, type KeyObject } from "node:crypto";
import { base64url } from "./base64url.ts";

/** Base64url of `A128GCM`, and the dot behind it. */
const PREFIX = "QTEyOEdDTQ.";
/** Authenticated along with the message, in this format and in the one after it. */
export const ASSOCIATED_DATA = Buffer.from("A128GCM", "latin1");
const NOTHING = Buffer.alloc(0);

const KEY_BYTES = 16;
const TAG_BYTES = 16;
const IV_BYTES = 12;

/** Whether a text is of this format, if it is of any. */
export function isLegacy(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The message of an encrypted text; undefined unless the holder of the key encrypted it. */
export function decryptLegacy(text: string, key: KeyObject): Buffer | undefined {
  const parts = text.slice(PREFIX.length).split(".", 5).map(base64url);
  const [wrapped, iv, ciphertext, tag] = parts;
  if (parts.length !== 4 || !wrapped || !iv || !ciphertext || !tag) return undefined;
  const messageKey = unwrap(wrapped, key);
  return messageKey && decrypt("aes-128-gcm", messageKey, { iv, ciphertext, tag }, ASSOCIATED_DATA);
}

/** The key of the message: ciphertext, tag and iv in this order. */
function unwrap(wrapped: Buffer, key: KeyObject): Buffer | undefined {
  if (wrapped.length !== KEY_BYTES + TAG_BYTES + IV_BYTES) return undefined;
  const ciphertext = wrapped.subarray(0, KEY_BYTES);
  const tag = wrapped.subarray(KEY_BYTES, KEY_BYTES + TAG_BYTES);
  return decrypt("aes-256-gcm", key, { iv: wrapped.subarray(KEY_BYTES + TAG_BYTES), ciphertext, tag }, NOTHING);
}

interface Sealed {
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

function decrypt(
  cipher: "aes-128-gcm" | "aes-256-gcm",
  key: KeyObject | Buffer,
  { iv, ciphertext, tag }: Sealed,
  associated: Buffer,
): Buffer | undefined {
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return undefined;
  const decipher = createDecipheriv(cipher, key, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    // The tag does not match the ciphertext: Node reports that by throwing.
    return undefined;
  }
}
