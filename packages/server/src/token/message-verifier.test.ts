import { createHmac, createSecretKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signMessage, verifyMessage } from "./message-verifier.ts";

const KEY = createSecretKey(Buffer.alloc(32, 7));
const MESSAGE = Buffer.from([0, 255, 1]);

/** A text that says it is signed with one digest, and is signed with another. */
function forge(said: string, digest: string): string {
  const signed = `${Buffer.from(said).toString("base64url")}.${MESSAGE.toString("base64url")}`;
  return `${signed}.${createHmac(digest, KEY).update(signed).digest("base64url")}`;
}

describe("signed messages", () => {
  it("are read again", () => {
    expect(verifyMessage(signMessage(MESSAGE, KEY), KEY)).toEqual(MESSAGE);
    expect(verifyMessage(signMessage(Buffer.alloc(0), KEY), KEY)).toEqual(Buffer.alloc(0));
  });

  it("are read with all three digests, and written with SHA-256", () => {
    expect(signMessage(MESSAGE, KEY)).toBe(forge("HS256", "sha256"));
    expect(verifyMessage(forge("HS384", "sha384"), KEY)).toEqual(MESSAGE);
    expect(verifyMessage(forge("HS512", "sha512"), KEY)).toEqual(MESSAGE);
  });

  it("are refused when the digest is another one than they say, or one that is not known", () => {
    expect(verifyMessage(forge("HS256", "sha512"), KEY)).toBeUndefined();
    expect(verifyMessage(forge("HS512", "sha256"), KEY)).toBeUndefined();
    expect(verifyMessage(forge("HS1", "sha1"), KEY)).toBeUndefined();
    expect(verifyMessage(forge("none", "sha256"), KEY)).toBeUndefined();
  });

  it("are read with the padding of base64, as Plug.Crypto does", () => {
    const text = signMessage(MESSAGE, KEY);
    expect(verifyMessage(`${text}=`, KEY)).toEqual(MESSAGE);
    const signed = `SFMyNTY=.${Buffer.of(1).toString("base64")}`;
    expect(verifyMessage(`${signed}.${createHmac("sha256", KEY).update(signed).digest("base64url")}=`, KEY)).toEqual(
      Buffer.of(1),
    );
    for (const padding of ["==", "===", "=x"]) expect(verifyMessage(text + padding, KEY)).toBeUndefined();
  });

  it("are refused when the signature is another text for the same bytes", () => {
    const text = signMessage(MESSAGE, KEY);
    const base64 = Buffer.from(text.slice(text.lastIndexOf(".") + 1), "base64url").toString("base64");
    expect(verifyMessage(`${text}==`, KEY)).toBeUndefined();
    expect(verifyMessage(text.slice(0, text.lastIndexOf(".") + 1) + base64, KEY)).toBeUndefined();
  });
});
