import { createCipheriv, createSecretKey, type CipherGCMTypes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decryptMessage, encryptMessage } from "./message-encryptor.ts";

const BYTES = Buffer.alloc(32, 7);
const KEY = createSecretKey(BYTES);
const OTHER_KEY = createSecretKey(Buffer.alloc(32, 8));
const MESSAGE = Buffer.from("a message");

describe("encrypted messages", () => {
  it.each([0, 1, 63, 64, 65, 100_000])("of %i bytes are read again", (size) => {
    const message = Buffer.alloc(size, "abc");
    expect(decryptMessage(encryptMessage(message, KEY), KEY)?.equals(message)).toBe(true);
  });

  it("are refused with another key, cut, or longer", () => {
    const text = encryptMessage(MESSAGE, KEY);
    expect(decryptMessage(text, OTHER_KEY)).toBeUndefined();
    for (let length = 0; length < text.length; length++) {
      expect(decryptMessage(text.slice(0, length), KEY)).toBeUndefined();
    }
    expect(decryptMessage(`${text}AAAA`, KEY)).toBeUndefined();
  });

  it("are refused with padding or another alphabet", () => {
    const text = encryptMessage(Buffer.alloc(8), KEY);
    expect(decryptMessage(text, KEY)).toEqual(Buffer.alloc(8));
    expect(decryptMessage(`${text}=`, KEY)).toBeUndefined();
    expect(decryptMessage(text.replace(".", ". "), KEY)).toBeUndefined();
  });
});

/** A message as version 1 of Plug.Crypto encrypts it, made step by step. */
function legacy(change: Partial<Record<"name" | "key" | "iv" | "tag", Buffer>> = {}): string {
  const messageKey = change.key ?? Buffer.alloc(16, 1);
  const iv = change.iv ?? Buffer.alloc(12, 2);
  const keyIv = Buffer.alloc(12, 3);
  const wrapped = seal("aes-256-gcm", BYTES, keyIv, "", messageKey);
  const cipher: CipherGCMTypes = messageKey.length === 16 ? "aes-128-gcm" : "aes-256-gcm";
  const sealed = seal(cipher, messageKey, iv, "A128GCM", MESSAGE);
  const parts = [change.name ?? Buffer.from("A128GCM"), Buffer.concat([...wrapped, keyIv]), iv];
  return [...parts, sealed[0], change.tag ?? sealed[1]].map((part) => part.toString("base64url")).join(".");
}

function seal(type: CipherGCMTypes, key: Buffer, iv: Buffer, associated: string, plain: Buffer): [Buffer, Buffer] {
  const cipher = createCipheriv(type, key, iv).setAAD(Buffer.from(associated));
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
  return [ciphertext, cipher.getAuthTag()];
}

describe("encrypted messages of version 1", () => {
  it("are read", () => {
    expect(legacy()).toMatch(/^QTEyOEdDTQ\./);
    expect(decryptMessage(legacy(), KEY)).toEqual(MESSAGE);
  });

  it.each([
    ["another name", legacy({ name: Buffer.from("A256GCM") })],
    ["a key of another length", legacy({ key: Buffer.alloc(32, 1) })],
    ["an iv of another length", legacy({ iv: Buffer.alloc(16, 2) })],
    ["a shortened tag", legacy({ tag: Buffer.from(legacy().split(".")[4] as string, "base64url").subarray(0, 4) })],
    ["a wrong tag", legacy({ tag: Buffer.alloc(16) })],
    ["a part too many", `${legacy()}.AAAA`],
    ["a part too few", legacy().split(".").slice(0, 4).join(".")],
    ["too much padding", `${legacy()}===`],
  ])("are refused with %s", (_what, text) => {
    expect(decryptMessage(text, KEY)).toBeUndefined();
  });

  it("are refused with another key", () => {
    expect(decryptMessage(legacy(), OTHER_KEY)).toBeUndefined();
  });
});
