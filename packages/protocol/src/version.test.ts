import { describe, expect, it } from "vitest";
import { DEFAULT_VSN, negotiateVersion } from "./version.ts";

describe("negotiateVersion", () => {
  it.each(["1.0.0", "1.0.7", "1.0.10", "1.0.0+build"])("gives V1 for %s", (vsn) => {
    expect(negotiateVersion(vsn)).toBe(1);
  });

  it.each(["2.0.0", "2.0.9", "2.0.123", "2.0.0+build", "2.0.0+a.b-c.7"])("gives V2 for %s", (vsn) => {
    expect(negotiateVersion(vsn)).toBe(2);
  });

  it("speaks V1 with a client that names no version", () => {
    expect(negotiateVersion(DEFAULT_VSN)).toBe(1);
  });

  it.each(["0.9.0", "1.1.0", "2.1.0", "2.10.0", "3.0.0", "9.9.9", "12.0.0", "20.0.0"])("refuses %s", (vsn) => {
    expect(negotiateVersion(vsn)).toBeUndefined();
  });

  it.each(["2.0.0-rc.1", "2.0.1-dev", "1.0.0-alpha+build"])("refuses the pre-release %s", (vsn) => {
    expect(negotiateVersion(vsn)).toBeUndefined();
  });

  it.each(["", "2", "2.0", "2.0.0.0", "v2.0.0", " 2.0.0", "2.0.0 ", "2.0.0\n", "2.0.01", "02.0.0", "2.0.0+", "abc"])(
    "refuses %j, which is no full version",
    (vsn) => {
      expect(negotiateVersion(vsn)).toBeUndefined();
    },
  );

  it.each([[["2.0.0"]], [{ major: 2 }], [2], [null], [undefined], [{ toString: () => "2.0.0" }]])(
    "refuses %j, which is no string",
    (vsn: unknown) => {
      expect(negotiateVersion(vsn)).toBeUndefined();
    },
  );
});
