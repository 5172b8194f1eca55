// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { live, read } from "./reactive.ts";

class Counter {
  readonly listeners = new Set<() => void>();
  snapshot = { count: 0, step: 1 };

  subscribe(changed: () => void): () => void {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  }
  add(): void {
    this.snapshot = { ...this.snapshot, count: this.snapshot.count + this.snapshot.step };
    for (const changed of this.listeners) changed();
  }
}

let counter: Counter;
let seen: unknown[];
let end: () => void;

beforeEach(() => {
  [counter, seen, end] = [new Counter(), [], () => {}];
});
afterEach(() => end());

const inEffect = (read: () => unknown) => {
  end = $effect.root(() => {
    $effect(() => void seen.push(read()));
  });
  flushSync();
};
const count = () => read(counter, "count", () => counter.snapshot.count);
/** Subscriptions end in a microtask, so that an effect which runs again keeps its own. */
const ended = () => Promise.resolve();

describe("read", () => {
  it("has an effect run again after each change, until it is destroyed", async () => {
    inEffect(count);
    counter.add();
    flushSync();
    counter.add();
    flushSync();
    expect(seen).toEqual([0, 1, 2]);
    end();
    await ended();
    expect(counter.listeners.size).toBe(0);
  });

  it("subscribes once for all effects, and until the last is gone", async () => {
    inEffect(count);
    const first = end;
    inEffect(count);
    expect(counter.listeners.size).toBe(1);
    first();
    await ended();
    counter.add();
    flushSync();
    expect(seen).toEqual([0, 0, 1]);
    end();
    await ended();
    expect(counter.listeners.size).toBe(0);
  });

  it("does not have an effect run again for another value of the source", () => {
    inEffect(count);
    counter.snapshot = { count: 0, step: 2 };
    for (const changed of counter.listeners) changed();
    flushSync();
    expect(seen).toEqual([0]);
  });

  it("follows the source of now", async () => {
    const other = new Counter();
    other.add();
    let source = $state.raw(counter);
    inEffect(() => read(source, "count", () => source.snapshot.count));
    source = other;
    flushSync();
    await ended();
    expect([counter.listeners.size, other.listeners.size]).toEqual([0, 1]);
    other.add();
    flushSync();
    expect(seen).toEqual([0, 1, 2]);
  });

  it("subscribes to nothing outside of effects", () => {
    expect(count()).toBe(0);
    expect(counter.listeners.size).toBe(0);
  });

  it("keeps derived values true while no effect reads them, and after", async () => {
    let current: () => number = () => -1;
    let shown = $state(true);
    end = $effect.root(() => {
      const derived = $derived(count());
      current = () => derived;
      $effect(() => void (shown && seen.push(derived)));
    });
    flushSync();
    shown = false;
    flushSync();
    await ended();
    counter.add();
    expect(current()).toBe(1);
    counter.add();
    expect(current()).toBe(2);
    shown = true;
    flushSync();
    counter.add();
    flushSync();
    expect(seen).toEqual([0, 2, 3]);
  });
});

describe("live", () => {
  it("has the fields of a sample, with the values of now", () => {
    const fields = live({ count: -1, step: -1 }, (field) => counter.snapshot[field]);
    expect({ ...fields }).toEqual({ count: 0, step: 1 });
    counter.add();
    expect(fields.count).toBe(1);
    expect(() => Object.assign(fields, { count: 5 })).toThrow(TypeError);
  });
});
