import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimit, TokenBucket } from "./rate-limit.ts";

describe("token bucket", () => {
  it("gives two seconds' worth at once, then one for each part of a second", () => {
    const bucket = new TokenBucket(10, 0);
    const taken = Array.from({ length: 25 }, () => bucket.take(0)).filter(Boolean).length;
    expect(taken).toBe(20);
    expect(bucket.waitMs).toBe(100);
    expect(bucket.take(99)).toBe(false);
    expect(bucket.take(100)).toBe(true);
    expect(bucket.take(100)).toBe(false);
  });

  it("works for rates below one per second", () => {
    const bucket = new TokenBucket(0.5, 0);
    expect([bucket.take(0), bucket.take(1999), bucket.take(2000)]).toEqual([true, false, true]);
  });

  it("never lets more through than its rate and its two seconds, and refuses nobody who keeps to the rate", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), gaps, (perSecond, waits) => {
        const bucket = new TokenBucket(perSecond, 0);
        let now = 0;
        let passed = 0;
        for (const wait of waits) {
          now += wait;
          if (bucket.take(now)) passed++;
          expect(passed).toBeLessThanOrEqual(2 * perSecond + (now / 1000) * perSecond + 1e-6);
        }
        const steady = new TokenBucket(perSecond, 0);
        for (let n = 0; n < 100; n++) expect(steady.take((n * 1001) / perSecond)).toBe(true);
      }),
    );
  });
});

describe("rate limit of a connection", () => {
  it("says which rate is gone beyond, and when to come back", () => {
    const limit = new RateLimit({ eventsPerSecond: 2, joinsPerSecond: 1, channelEventsPerSecond: Infinity });
    expect([limit.refuse(true), limit.refuse(true)]).toEqual([undefined, undefined]);
    expect(limit.refuse(true)).toMatchObject({ by: "joinsPerSecond", perSecond: 1 });
    expect(limit.refuse(false)).toBeUndefined();
    const refused = limit.refuse(false);
    expect(refused).toMatchObject({ by: "eventsPerSecond", perSecond: 2 });
    expect(refused?.waitMs).toBeGreaterThan(400);
    expect(refused?.waitMs).toBeLessThanOrEqual(500);
  });

  it("is patient with as much again", () => {
    const limit = new RateLimit({ eventsPerSecond: 5, joinsPerSecond: 5, channelEventsPerSecond: 5 });
    const abused = Array.from({ length: 11 }, () => limit.isAbused(5));
    expect(abused.indexOf(true)).toBe(10);
  });

  it("is off at Infinity", () => {
    const limit = new RateLimit({
      eventsPerSecond: Infinity,
      joinsPerSecond: Infinity,
      channelEventsPerSecond: Infinity,
    });
    const refused = Array.from({ length: 100_000 }, () => limit.refuse(true)).filter(
      (refusal) => refusal !== undefined,
    );
    expect(refused).toEqual([]);
  });
});
