import { describe, expect, it } from "vitest";
import { readClaims, writeClaims } from "./claims.ts";
import { Atom, encodeTerm, Tuple } from "./term-encoder.ts";

describe("claims", () => {
  it("hold data, time and max age", () => {
    expect(readClaims(writeClaims(null, 12, 0.5))).toEqual({ data: null, signedAt: 12, maxAge: 0.5 });
  });

  it("hold Infinity as Erlang's atom infinity", () => {
    const message = writeClaims(1, 2, Infinity);
    expect(message).toEqual(encodeTerm(new Tuple(1, 2, new Atom("infinity"))));
    expect(readClaims(message)).toMatchObject({ maxAge: Infinity });
  });

  it("are also read in the forms of earlier versions of Phoenix, which are good for a day", () => {
    const expected = { data: 7, signedAt: 5, maxAge: 86_400 };
    expect(readClaims(encodeTerm(new Tuple(7, 5)))).toEqual(expected);
    expect(readClaims(encodeTerm({ data: 7, signed: 5 }))).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ["no tuple", 7],
    ["a list", [7, 5, 60]],
    ["a tuple too short", new Tuple(7)],
    ["a tuple too long", new Tuple(7, 5, 60, 1)],
    ["a map without data", { signed: 5 }],
    ["a map without a time", { data: 7 }],
    ["a time that is no integer", new Tuple(7, 5.5, 60)],
    ["a time beyond all clocks", new Tuple(7, 2n ** 70n, 60)],
    ["a text as max age", new Tuple(7, 5, "60")],
    ["a big integer as max age", new Tuple(7, 5, 2n ** 70n)],
  ])("are not %s", (_what, term) => {
    expect(readClaims(encodeTerm(term))).toBeUndefined();
  });

  it("are no bytes that are no term", () => {
    expect(readClaims(Buffer.alloc(0))).toBeUndefined();
    expect(readClaims(Buffer.from("{}"))).toBeUndefined();
  });
});
