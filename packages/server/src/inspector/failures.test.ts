import { describe, expect, it } from "vitest";
import { Failures, MAX_NETWORKS } from "./failures.ts";

describe("failures", () => {
  it("make an address wait until its minute is over", () => {
    const failures = new Failures(2);
    failures.add("192.0.2.1", 0);
    expect(failures.waitOf("192.0.2.1", 0)).toBe(0);
    failures.add("192.0.2.1", 30_000);
    expect(failures.waitOf("192.0.2.1", 30_000)).toBe(30);
    expect(failures.waitOf("192.0.2.1", 60_000)).toBe(0);
    failures.add("192.0.2.1", 60_000);
    expect(failures.waitOf("192.0.2.1", 60_000)).toBe(0);
  });

  it("count for the whole network of an IPv6 address", () => {
    const failures = new Failures(1);
    failures.add("2001:db8::1", 0);
    expect(failures.waitOf("2001:db8::2", 0)).toBe(60);
    expect(failures.waitOf("2001:db8:0:1::1", 0)).toBe(0);
  });

  it("remembers 10,000 networks, the newest", () => {
    const failures = new Failures(1);
    expect(MAX_NETWORKS).toBe(10_000);
    for (let i = 0; i <= MAX_NETWORKS; i++) failures.add(`10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, 0);
    expect(failures.waitOf("10.0.0.0", 0)).toBe(0);
    expect(failures.waitOf("10.0.0.1", 0)).toBe(60);
  });
});
