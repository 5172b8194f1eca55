import { describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { Reloads } from "./reloads.ts";

/** The most loads in any second, when clients are told at these times, and each waits as `randomly` says. */
function peak(times: readonly number[]): { readonly loads: number; readonly unspread: number } {
  let now = 0;
  let seed = 7;
  const randomly = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const reloads = new Reloads({ ...systemClock, now: () => now });
  const seconds = new Map<number, number>();
  let unspread = 0;
  for (const time of times) {
    now = time;
    const spread = reloads.next();
    if (spread === undefined) unspread++;
    const second = Math.floor((time + randomly() * (spread ?? 0)) / 1_000);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return { loads: Math.max(...seconds.values()), unspread };
}

const told = (count: number, perSecond: number): number[] =>
  Array.from({ length: count }, (_, index) => 1_000_000 + (index * 1_000) / perSecond);

describe("clients that load again", () => {
  it("are not asked to wait while they are few", () => {
    expect(peak(told(1_000, Infinity)).unspread).toBe(1_000);
    expect(peak(told(100_000, 900)).unspread).toBe(100_000);
  });

  it("are spread over up to ten seconds when very many are told at once", () => {
    const { loads, unspread } = peak(told(10_000, Infinity));
    expect(unspread).toBe(1_000);
    // 10,000 without it. The first ones cannot know how many come after them.
    expect(loads).toBeLessThan(4_000);
    expect(peak(told(20_000, 5_000)).loads).toBeLessThan(4_500);
  });

  it("need not wait any more when the storm is over", () => {
    const storm = told(10_000, Infinity);
    const after = 1_000_000 + 20_000;
    expect(peak([...storm, after])).toMatchObject({ unspread: 1_001 });
    expect(peak([...storm, 5])).toMatchObject({ unspread: 1_000 }); // the clock was set back
  });
});
