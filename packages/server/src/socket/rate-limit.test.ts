import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimit } from "./rate-limit.ts";
import type { Rates } from "./rate-limit.ts";

function limits(rates: Partial<Rates>) {
  const limit = new RateLimit({
    eventsPerSecond: Infinity,
    joinsPerSecond: Infinity,
    channelEventsPerSecond: Infinity,
    ...rates,
  });
  const passes = (now: number, channel?: object): boolean => limit.refuse(false, channel, now) === undefined;
  return { limit, passes };
}

describe("a rate", () => {
  it("gives two seconds' worth at once, then one for each part of a second", () => {
    const { limit, passes } = limits({ eventsPerSecond: 10 });
    const passed = Array.from({ length: 25 }, () => passes(0)).filter(Boolean).length;
    expect(passed).toBe(20);
    expect(limit.refuse(false, undefined, 0)).toEqual({ by: "eventsPerSecond", perSecond: 10, waitMs: 100 });
    expect([passes(99), passes(100), passes(100)]).toEqual([false, true, false]);
  });

  it("may be below one per second", () => {
    const { passes } = limits({ eventsPerSecond: 0.5 });
    expect([passes(0), passes(1999), passes(2000)]).toEqual([true, false, true]);
  });

  it("never lets more through than its rate and its two seconds, and refuses nobody who keeps to the rate", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    const start = fc.double({ min: 0, max: 1e10, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, start, (perSecond, waits, startedAt) => {
        const { passes } = limits({ eventsPerSecond: perSecond });
        let now = 0;
        let passed = 0;
        for (const wait of waits) {
          now += wait;
          if (passes(startedAt + now)) passed++;
          expect(passed).toBeLessThanOrEqual(2 * perSecond + (now / 1000) * perSecond + 1e-3);
        }
        const steady = limits({ eventsPerSecond: perSecond });
        for (let n = 0; n < 100; n++) expect(steady.passes(startedAt + (n * 1001) / perSecond)).toBe(true);
      }),
    );
  });

  it("of a channel counts for each by itself, until it has ended", () => {
    const { limit, passes } = limits({ channelEventsPerSecond: 0.5 });
    const [one, other] = [{}, {}];
    expect([passes(0, one), passes(0, one), passes(0, other), passes(0)]).toEqual([true, false, true, true]);
    expect(limit.refuse(false, one, 0)?.by).toBe("channelEventsPerSecond");
    limit.forget(one);
    expect(passes(0, one)).toBe(true);
  });
});

describe("the rate limit of a connection", () => {
  it("says which rate is gone beyond, and when to come back", () => {
    const { limit } = limits({ eventsPerSecond: 2, joinsPerSecond: 1 });
    expect([limit.refuse(true, undefined, 0), limit.refuse(true, undefined, 0)]).toEqual([undefined, undefined]);
    expect(limit.refuse(true, undefined, 0)).toEqual({ by: "joinsPerSecond", perSecond: 1, waitMs: 1_000 });
    expect(limit.refuse(false, undefined, 0)).toBeUndefined();
    expect(limit.refuse(false, undefined, 60)).toEqual({ by: "eventsPerSecond", perSecond: 2, waitMs: 440 });
  });

  it("is patient with as much again", () => {
    const { limit } = limits({});
    const abused = Array.from({ length: 11 }, () => limit.isAbused(5, 0));
    expect(abused.indexOf(true)).toBe(10);
  });

  it("is off at Infinity", () => {
    const { limit } = limits({});
    const refused = Array.from({ length: 100_000 }, () => limit.refuse(true, {}, 0));
    expect(refused.filter((refusal) => refusal !== undefined)).toEqual([]);
  });
});
