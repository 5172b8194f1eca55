/**
 * Encrypted messages as Plug.Crypto.MessageEncryptor writes them: `XCP.` and the base64url, without padding, of
 * iv (24 bytes), tag (16 bytes) and ciphertext of XChaCha20-Poly1305. Keys have 32 bytes.
 *
 * Node has ChaCha20-Poly1305 but not its variant with the long iv, which is: the first 16 bytes of the iv and the key
 * give a key of this one message (HChaCha20), the other 8 bytes are its nonce.
 */
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from "node:crypto";
import { base64url } from "./base64url.ts";
import { ASSOCIATED_DATA, decryptLegacy, isLegacy } from "./legacy-encryptor.ts";

const PREFIX = "XCP.";
const CIPHER = "chacha20-poly1305";
const IV_BYTES = 24;
const TAG_BYTES = 16;

/** Encrypts a message with a random iv. */
export function encryptMessage(message: Buffer, key: KeyObject): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, subkey(key, iv), nonce(iv), { authTagLength: TAG_BYTES });
  cipher.setAAD(ASSOCIATED_DATA, { plaintextLength: message.length });
  const ciphertext = Buffer.concat([cipher.update(message), cipher.final()]);
  return PREFIX + Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString("base64url");
}

/** The message of an encrypted text; undefined unless the holder of the key encrypted it. */
export function decryptMessage(text: string, key: KeyObject): Buffer | undefined {
  if (isLegacy(text)) return decryptLegacy(text, key);
  const bytes = text.startsWith(PREFIX) ? base64url(text.slice(PREFIX.length)) : undefined;
  if (bytes === undefined || bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  const iv = bytes.subarray(0, IV_BYTES);
  const ciphertext = bytes.subarray(IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, subkey(key, iv), nonce(iv), { authTagLength: TAG_BYTES });
  decipher.setAAD(ASSOCIATED_DATA, { plaintextLength: ciphertext.length });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  } catch {
    // The tag does not match the ciphertext: Node reports that by throwing.
    return undefined;
  }
}

function nonce(iv: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(4), iv.subarray(16)]);
}

/**
 * HChaCha20 out of Node's ChaCha20: a block of its key stream is the state after all rounds plus the state before
 * them. The latter is known in the words wanted here, the first four (constants) and the last four (iv).
 */
function subkey(key: KeyObject, iv: Buffer): Buffer {
  const block = createCipheriv("chacha20", key, iv.subarray(0, 16)).update(Buffer.alloc(64));
  const before = Buffer.concat([Buffer.from("expand 32-byte k", "latin1"), iv.subarray(0, 16)]);
  const after = Buffer.concat([block.subarray(0, 16), block.subarray(48)]);
  for (let at = 0; at < after.length; at += 4) {
    after.writeUInt32LE((after.readUInt32LE(at) - before.readUInt32LE(at)) >>> 0, at);
  }
  return after;
}
