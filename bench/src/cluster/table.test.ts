import { describe, expect, it } from "vitest";
import { loads } from "./loads.ts";
import { possibleGain, table } from "./table.ts";

describe("possibleGain", () => {
  it("is what is left of the second core by the load client", () => expect(possibleGain(90, 10, 2)).toBe(1.8));
  it("is nothing when the load client is the slower one", () => expect(possibleGain(10, 20, 2)).toBe(1));
  it("is all with cores for everybody", () => expect(possibleGain(90, 10, 4)).toBe(2));
});

describe("table", () => {
  it("gives medians of the figures, and of the gains of each round", () => {
    const figures = (perSecond: number) => ({ perSecond, serverCpu: 90, loadCpu: 10 });
    const one = [1_000, 2_000, 4_000].map(figures);
    const two = [2_000, 3_000, 4_000].map(figures);
    const lines = table([{ load: { ...loads(1)[0]!, title: "work" }, one, two }], 2).split("\n");
    expect(lines[2]).toBe("| work | reply | 2,000 | 3,000 | × 1.50 | 90.0 µs | 90.0 µs | 10.0 µs | × 1.80 |");
  });
});
