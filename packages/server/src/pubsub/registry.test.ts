import { describe, expect, it } from "vitest";
import { Registry } from "./registry.ts";
import type { Subscription } from "./registry.ts";

const subscription = (topic: string): Subscription => ({ topic, owner: undefined, receive() {} });

describe("the registry", () => {
  it("gives the subscriptions of a topic in the order in which they came", () => {
    const registry = new Registry();
    const [a, b, other] = [subscription("room:1"), subscription("room:1"), subscription("room:2")];
    for (const one of [b, other, a, b]) registry.add(one);
    expect([...registry.of("room:1")]).toEqual([b, a]);
    expect([...registry.of("room:1")][0]).toBe(b);
    expect([...registry.of("room:2")]).toEqual([other]);
    expect([...registry.of("room:3")]).toEqual([]);
  });

  it("counts, and forgets topics that nobody is on", () => {
    const registry = new Registry();
    const [a, b] = [subscription("room:1"), subscription("room:1")];
    registry.add(a);
    registry.add(b);
    registry.add(subscription("room:2"));
    expect([registry.topics, registry.subscriptions]).toEqual([2, 3]);
    registry.remove(a);
    registry.remove(b);
    expect([registry.topics, registry.subscriptions]).toEqual([1, 1]);
  });

  it("ignores the removal of what is not there", () => {
    const registry = new Registry();
    registry.add(subscription("room:1"));
    registry.remove(subscription("room:1"));
    registry.remove(subscription("room:2"));
    expect([registry.topics, registry.subscriptions]).toEqual([1, 1]);
  });

  it("lets subscribers leave and come in the middle of a delivery", () => {
    const registry = new Registry();
    const [a, b, c] = [subscription("room:1"), subscription("room:1"), subscription("room:1")];
    registry.add(a);
    registry.add(b);
    const seen: Subscription[] = [];
    for (const one of registry.of("room:1")) {
      seen.push(one);
      registry.remove(a);
      registry.remove(b);
      if (seen.length === 1) registry.add(c);
    }
    expect(seen[0]).toBe(a);
    expect(seen).not.toContain(b);
    expect([...registry.of("room:1")]).toEqual([c]);
  });
});
