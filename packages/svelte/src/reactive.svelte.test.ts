// @vitest-environment happy-dom
import { flushSync } from "svelte";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { live, liveStore, track } from "./reactive.ts";

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
const read = () => {
  track(counter);
  return counter.snapshot.count;
};
/** Subscriptions end in a microtask, so that an effect which runs again keeps its own. */
const ended = () => Promise.resolve();

describe("track", () => {
  it("has an effect run again after each change, until it is destroyed", async () => {
    inEffect(read);
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
    inEffect(read);
    const first = end;
    inEffect(read);
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

  it("subscribes to nothing outside of effects", () => {
    expect(read()).toBe(0);
    expect(counter.listeners.size).toBe(0);
  });

  it("keeps derived values true while no effect reads them, and after", async () => {
    let count: () => number = () => -1;
    let shown = $state(true);
    end = $effect.root(() => {
      const derived = $derived(read());
      count = () => derived;
      $effect(() => void (shown && seen.push(derived)));
    });
    flushSync();
    shown = false;
    flushSync();
    await ended();
    counter.add();
    expect(count()).toBe(1);
    counter.add();
    expect(count()).toBe(2);
    shown = true;
    flushSync();
    counter.add();
    flushSync();
    expect(seen).toEqual([0, 2, 3]);
  });
});

describe("live", () => {
  it("gives the fields of the snapshot of now, and no others", () => {
    const fields = live(counter.snapshot, () => counter.snapshot);
    expect({ ...fields }).toEqual({ count: 0, step: 1 });
    counter.add();
    expect(fields.count).toBe(1);
    expect(() => Object.assign(fields, { count: 5 })).toThrow(TypeError);
  });
});

describe("liveStore", () => {
  it("follows the store of the channel of now", async () => {
    const other = new Counter();
    other.add();
    let channel = $state.raw<Counter | null>(null);
    const fields = liveStore(
      () => channel,
      (now) => now,
      { count: -1, step: 0 },
    );
    inEffect(() => fields.count);
    channel = counter;
    flushSync();
    channel = other;
    flushSync();
    await ended();
    expect([counter.listeners.size, other.listeners.size]).toEqual([0, 1]);
    other.add();
    flushSync();
    expect(seen).toEqual([-1, 0, 1, 2]);
  });
});
