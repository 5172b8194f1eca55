import { describe, expect, it } from "vitest";
import { deriveKey, type KeyDerivation } from "./key-generator.ts";

const DEFAULTS: KeyDerivation = { iterations: 1000, length: 32, digest: "sha256" };
const QUICK: KeyDerivation = { ...DEFAULTS, iterations: 1 };
const hex = (...args: Parameters<typeof deriveKey>): string =>
  deriveKey(...args)
    .export()
    .toString("hex");

describe("keys", () => {
  it("are those of Plug.Crypto", () => {
    expect(hex("abc123".repeat(5), "user socket", DEFAULTS)).toBe(
      "d21372240d52909cbef847c7ee0747cecfe4480e36cb13ba67ac7d9a4da5272c",
    );
  });

  it("are those of RFC 7914, section 11", () => {
    expect(hex("passwd", "salt", { iterations: 1, length: 64, digest: "sha256" })).toBe(
      "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc" +
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
    );
  });

  it("differ with everything they are made of", () => {
    const keys = [
      hex("secret", "salt", QUICK),
      hex("secrets", "alt", QUICK),
      hex("secret", "other", QUICK),
      hex("other", "salt", QUICK),
      hex("secret", "salt", { ...QUICK, iterations: 2 }),
      hex("secret", "salt", { ...QUICK, digest: "sha384" }),
      hex("secret", "salt", { ...QUICK, digest: "sha512" }),
      hex("secret", "salt", { ...QUICK, length: 16 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toHaveLength(32);
  });

  it("are remembered while they are used, and 64 of them at most", () => {
    const used = deriveKey("secret", "used", QUICK);
    const unused = deriveKey("secret", "unused", QUICK);
    for (let index = 0; index < 63; index++) {
      deriveKey("secret", `salt ${index}`, QUICK);
      expect(deriveKey("secret", "used", QUICK)).toBe(used);
    }
    const again = deriveKey("secret", "unused", QUICK);
    expect(again).not.toBe(unused);
    expect(again.equals(unused)).toBe(true);
  });
});
