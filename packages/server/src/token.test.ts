import fc from "fast-check";
import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { decrypt, encrypt, sign, verify, type TokenData } from "./token.ts";

/** Secret and tokens of a run of plug_crypto 2. */
const SECRET = "abc123".repeat(5);
const GOLDEN_99 = "SFMyNTY.g2gDYWNhAGIAAVGA.JjJmHB7m-6rv5UeVF3qDRcHkSVmBQFX4HVVzihoCkgQ";
const GOLDEN_USER = "SFMyNTY.g2gDbQAAAAZ1c2VyOjFuBgAAaOXPiwFiAAFRgA.oju2Lh2PVm5FGweN2Ye58D_NMGjKTsAdWAEc-vn1Zp8";
const GOLDEN_ENCRYPTED = "XCP.RrAiebN8rsK18qERmIvQOu72kQA15qzps-PfnA5uMvP-XXtgJBv1NnLxUbF6h06mW4zFJA";

const INVALID = { ok: false, reason: "invalid" };
const EXPIRED = { ok: false, reason: "expired" };
const NOW = 1_800_000_000;

/** Lets the clock show a time, in seconds. */
function setClock(seconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: seconds * 1000 });
}

afterEach(() => {
  vi.useRealTimers();
});

describe("tokens of Phoenix", () => {
  it("are signed byte for byte the same", () => {
    expect(sign(SECRET, "user socket", 99, { signedAt: 0 })).toBe(GOLDEN_99);
    expect(sign(SECRET, "id", "user:1", { signedAt: 1_700_000_000 })).toBe(GOLDEN_USER);
  });

  it("are accepted, signed and encrypted", () => {
    expect(verify(SECRET, "user socket", GOLDEN_99, { maxAge: Infinity })).toEqual({ ok: true, data: 99 });
    expect(verify(SECRET, "id", GOLDEN_USER, { maxAge: Infinity })).toEqual({ ok: true, data: "user:1" });
    expect(decrypt(SECRET, "user socket", GOLDEN_ENCRYPTED, { maxAge: Infinity })).toEqual({ ok: true, data: 99 });
    expect(verify(SECRET, "user socket", GOLDEN_99)).toEqual(EXPIRED);
    expect(decrypt(SECRET, "user socket", GOLDEN_ENCRYPTED)).toEqual(EXPIRED);
  });
});

/** Hundreds of keys are derived: on a busy machine that takes long. */
const TIME = { timeout: 300_000 };

describe.each([
  { name: "sign and verify", make: sign, read: verify },
  { name: "encrypt and decrypt", make: encrypt, read: decrypt },
])("$name", TIME, ({ make, read }) => {
  it("give the data back", () => {
    const data = { id: 7, name: "Zoë", roles: ["admin"], note: null, active: true, ratio: -0.5 };
    expect(read(SECRET, "id", make(SECRET, "id", data))).toEqual({ ok: true, data });
  });

  it("give back any JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary", maxDepth: 3 }), (value) => {
        const result = read(SECRET, "id", make(SECRET, "id", value as TokenData));
        // As text: it tells own "__proto__" keys, and 0 and -0 are the same.
        expect(JSON.stringify(result)).toBe(JSON.stringify({ ok: true, data: value }));
      }),
      { numRuns: 50 },
    );
  });

  it("say when a token is missing", () => {
    expect(read(SECRET, "id", null)).toEqual({ ok: false, reason: "missing" });
    expect(read(SECRET, "id", undefined)).toEqual({ ok: false, reason: "missing" });
  });

  it.each<[string, unknown]>([
    ["an empty text", ""],
    ["a text", "garbage"],
    ["dots", ".."],
    ["a prefix", "SFMyNTY"],
    ["a prefix and dots", "SFMyNTY.."],
    ["a prefix of the other kind", "XCP."],
    ["a prefix of the old kind", "QTEyOEdDTQ...."],
    ["a number", 99],
    ["an object", { token: GOLDEN_99 }],
    ["a list", [GOLDEN_99]],
    ["a text of a megabyte", "A".repeat(1_000_000)],
    ["a megabyte of dots", ".".repeat(1_000_000)],
    ["a signed megabyte", `SFMyNTY.${"A".repeat(1_000_000)}.${"A".repeat(43)}`],
    ["an encrypted megabyte", `XCP.${"A".repeat(1_000_000)}`],
    ["no digest at all", `bm9uZQ.${GOLDEN_99.split(".")[1]}.`],
    ["letters outside of Latin-1", GOLDEN_99.replace("J", "\u014a")],
    ["half of a surrogate pair", `${GOLDEN_99}\ud800`],
  ])("refuse %s", (_what, token) => {
    expect(read(SECRET, "user socket", token, { maxAge: Infinity })).toEqual(INVALID);
  });

  it("refuse other salts, secrets and derivations of the key", () => {
    const token = make(SECRET, "user socket", 1);
    expect(read(SECRET, "user socket", token).ok).toBe(true);
    expect(read(SECRET, "user", token)).toEqual(INVALID);
    expect(read(SECRET, "", token)).toEqual(INVALID);
    expect(read("user socket".repeat(2), SECRET, token)).toEqual(INVALID);
    expect(read(`${SECRET}!`, "user socket", token)).toEqual(INVALID);
    expect(read(SECRET, "user socket", token, { keyIterations: 999 })).toEqual(INVALID);
    expect(read(SECRET, "user socket", token, { keyDigest: "sha512" })).toEqual(INVALID);
  });

  it("take iterations and digest of the key as options", () => {
    const options = { keyIterations: 2, keyDigest: "sha384" } as const;
    expect(read(SECRET, "id", make(SECRET, "id", 1, options), options)).toEqual({ ok: true, data: 1 });
  });

  it("refuse a token with one letter changed, removed or added, whichever it is", () => {
    const token = make(SECRET, "id", 99, { signedAt: NOW });
    const read0 = (text: string): unknown => read(SECRET, "id", text, { maxAge: Infinity });
    expect(read0(token)).toEqual({ ok: true, data: 99 });
    const accepted: string[] = [];
    for (let at = 0; at <= token.length; at++) {
      const before = token.slice(0, at);
      const changed = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
      const forgeries = changed.flatMap((letter) => [
        before + letter + token.slice(at + 1),
        before + letter + token.slice(at),
      ]);
      for (const forgery of [...forgeries, before, before + token.slice(at + 1)]) {
        if (forgery !== token && JSON.stringify(read0(forgery)) !== JSON.stringify(INVALID)) accepted.push(forgery);
      }
    }
    // The padding that base64 has there is accepted, as by Plug.Crypto.
    expect(accepted.filter((forgery) => forgery !== `${token}=`)).toEqual([]);
  });

  it("accept a token for a day, and not a moment longer", () => {
    const token = make(SECRET, "id", 1, { signedAt: NOW });
    setClock(NOW);
    expect(read(SECRET, "id", token).ok).toBe(true);
    setClock(NOW + 86_400);
    expect(read(SECRET, "id", token).ok).toBe(true);
    setClock(NOW + 86_400.001);
    expect(read(SECRET, "id", token)).toEqual(EXPIRED);
  });

  it("sign at the time of the clock", () => {
    setClock(NOW);
    const token = make(SECRET, "id", 1, { maxAge: 10 });
    setClock(NOW + 10.001);
    expect(read(SECRET, "id", token)).toEqual(EXPIRED);
    expect(read(SECRET, "id", token, { maxAge: 11 }).ok).toBe(true);
  });

  it("refuse a token of the future, unless age does not matter", () => {
    setClock(NOW);
    const token = make(SECRET, "id", 1, { signedAt: NOW + 0.5 });
    expect(read(SECRET, "id", token)).toEqual(INVALID);
    expect(read(SECRET, "id", token, { maxAge: Infinity }).ok).toBe(true);
    setClock(NOW + 0.5);
    expect(read(SECRET, "id", token).ok).toBe(true);
  });

  it.each([
    { maxAge: 0.1, after: 0.1, outcome: "ok" },
    { maxAge: 0.1, after: 0.101, outcome: "expired" },
    { maxAge: 0, after: 0, outcome: "expired" },
    { maxAge: -1000, after: 0, outcome: "expired" },
    { maxAge: Infinity, after: 1e9, outcome: "ok" },
  ])("max age $maxAge, looked at after $after s: $outcome", ({ maxAge, after, outcome }) => {
    const expected = outcome === "ok" ? { ok: true, data: 1 } : { ok: false, reason: outcome };
    const plain = make(SECRET, "id", 1, { signedAt: NOW });
    const withAge = make(SECRET, "id", 1, { signedAt: NOW, maxAge });
    setClock(NOW + after);
    expect(read(SECRET, "id", plain, { maxAge })).toEqual(expected);
    expect(read(SECRET, "id", withAge)).toEqual(expected);
  });

  it("throw for mistakes of the program, without showing the secret", () => {
    const short = "nineteen bytes long";
    expect(() => make(short, "id", 1)).toThrow(/at least 20 bytes/);
    expect(() => read(short, "id", null)).toThrow(/at least 20 bytes/);
    expect(() => make(short, "id", 1)).not.toThrow(short);
    expect(make("é".repeat(10), "id", 1)).toBeTypeOf("string");
    expect(() => make(undefined as never, "id", 1)).toThrow(/at least 20 bytes/);
    expect(() => make(SECRET, undefined as never, 1)).toThrow(/the salt must be a string/);
    expect(() => make(SECRET, "id", 1, { max_age: 1 } as never)).toThrow(/has no option "max_age"/);
    expect(() => read(SECRET, "id", "", { signedAt: 1 } as never)).toThrow(/has no option "signedAt"/);
    expect(() => make(SECRET, "id", 1, { maxAge: NaN })).toThrow(/maxAge is NaN/);
    expect(() => make(SECRET, "id", 1, { maxAge: "60" as never })).toThrow(/maxAge is 60/);
    expect(() => make(SECRET, "id", 1, { signedAt: Date.now() })).toThrow(/a time in seconds/);
    expect(() => make(SECRET, "id", 1, { keyIterations: 0 })).toThrow(/keyIterations is 0/);
    expect(() => make(SECRET, "id", 1, { keyDigest: "md5" as never })).toThrow(/sha256, sha384, sha512/);
    expect(() => make(SECRET, "id", undefined as never)).toThrow(expect.objectContaining({ code: "WB_OPTION" }));
  });
});

describe("the two kinds of tokens", () => {
  it("are not accepted for each other", () => {
    expect(verify(SECRET, "id", encrypt(SECRET, "id", 1))).toEqual(INVALID);
    expect(decrypt(SECRET, "id", sign(SECRET, "id", 1))).toEqual(INVALID);
  });

  it("differ in what can be read: an encrypted token shows nothing and is never the same twice", () => {
    const shown = (token: string): string => Buffer.from(token.split(".")[1] as string, "base64url").toString("latin1");
    expect(shown(sign(SECRET, "id", "my diary"))).toContain("my diary");
    expect(shown(encrypt(SECRET, "id", "my diary"))).not.toContain("my diary");
    expect(encrypt(SECRET, "id", 1, { signedAt: 0 })).not.toBe(encrypt(SECRET, "id", 1, { signedAt: 0 }));
  });

  it("differ in the length of the key: ciphers have one", () => {
    const options = { keyLength: 16 };
    expect(verify(SECRET, "id", sign(SECRET, "id", 1, options), options).ok).toBe(true);
    expect(() => encrypt(SECRET, "id", 1, options)).toThrow(/keyLength is 16: it must be 32/);
    expect(() => decrypt(SECRET, "id", "", options)).toThrow(/keyLength is 16: it must be 32/);
  });
});

describe("the type of the data", () => {
  it("is that of JSON, or what the caller says", () => {
    interface User {
      readonly id: number;
    }
    const user: User = { id: 1 };
    const result = verify<User>(SECRET, "id", sign(SECRET, "id", user));
    if (!result.ok) throw new Error(result.reason);
    expectTypeOf(result.data).toEqualTypeOf<User>();
    expect(result.data.id).toBe(1);
    expectTypeOf(verify(SECRET, "id", "")).toExtend<
      { ok: true; data: TokenData } | { ok: false; reason: "missing" | "invalid" | "expired" }
    >();
  });
});
