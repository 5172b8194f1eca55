import { describe, expect, it } from "vitest";
import { weigh } from "./weight.ts";

describe("the weight of a payload", () => {
  it("is that of its text, bytes and elements", () => {
    expect(weigh({}, Infinity)).toBeLessThan(500);
    expect(weigh("x".repeat(10_000), Infinity)).toBeGreaterThan(10_000);
    expect(weigh(new Uint8Array(10_000), Infinity)).toBeGreaterThan(10_000);
    expect(
      weigh(
        Array.from({ length: 1_000 }, () => ({})),
        Infinity,
      ),
    ).toBeGreaterThan(60_000);
    expect(weigh({ a: { b: { c: "x".repeat(5_000) } } }, Infinity)).toBeGreaterThan(5_000);
  });

  it("is counted no further than asked for, also of a cycle", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle, cycle);
    expect(weigh(cycle, 10_000)).toBeLessThan(11_000);
    expect(weigh(null, 10)).toBeGreaterThan(0);
  });

  it("is counted as far as it can be read", () => {
    const trap = (): never => {
      throw new Error("not to be read");
    };
    const values = [
      Object.defineProperty({}, "text", { get: trap, enumerable: true }),
      new Proxy({}, { ownKeys: trap }),
    ];
    for (const value of values) expect(weigh({ value }, Infinity)).toBeGreaterThan(0);
  });
});
