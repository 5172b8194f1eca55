/** R-27, I-9: what grows with topics and readers, and how far. */
import { describe, expect, it } from "vitest";
import { Broadcast, PubSub } from "../../pubsub.ts";
import type { Clock, HistoryStore, Recordable, Stored } from "../../pubsub.ts";
import { Reads, MOST_READS, MOST_WAITING_READS } from "./reads.ts";
import { Revived } from "./revived.ts";

const RULE = { size: 10, ttl: 60_000, maxBytes: 1_000, maxEntryBytes: 1_000, replayLimit: 10, records: () => true };

/** Time that stands still, and the timers that wait for it. */
class Still implements Clock {
  readonly timers = new Map<() => void, number>();
  now = (): number => 1_000;
  after(ms: number, run: () => void): { cancel(): void } {
    this.timers.set(run, ms);
    return { cancel: () => this.timers.delete(run) };
  }
}

describe("a node whose clients go through 100,000 topics", () => {
  it("follows those that are left for a minute, and of them no more than 10,000", async () => {
    const clock = new Still();
    let maybeMissed = (): void => {};
    const asked = new Set<string>();
    const store: HistoryStore = {
      fansOut: true,
      start: (events) => void (maybeMissed = () => events.maybeMissed()),
      append: () => "unknown",
      read: () => ({ head: { lineage: "l", chain: [{ tag: "t", boundary: 0 }], top: 0 }, oldest: 1, entries: [] }),
      heads: (topics) => {
        for (const topic of topics) asked.add(topic);
        return topics.map(() => undefined);
      },
      clear() {},
      status: () => ({ store: "toy", state: "up", since: 0 }),
      stop() {},
    };
    const revive = (entry: Stored): Recordable => ({
      ...new Broadcast(entry.topic, "e", {}),
      body: "",
      recorded: undefined,
    });
    const pubsub = new PubSub({
      history: { store, clock, ruleOf: () => RULE, revive, dispatcher: "default", moved() {} },
    });
    await pubsub.start();
    const before = clock.timers.size;
    for (let n = 0; n < 100_000; n++) {
      const subscription = { topic: `stranger:${n}`, owner: undefined, receive() {} };
      pubsub.subscribe(subscription);
      await undefined;
      pubsub.unsubscribe(subscription);
    }
    expect(pubsub.size).toEqual({ topics: 0, subscriptions: 0 });
    expect(clock.timers.size - before).toBeLessThanOrEqual(10_000);
    maybeMissed();
    for (let turn = 0; turn < 1_000; turn++) await undefined;
    expect(asked.size).toBe(10_000);
    expect(asked.has("stranger:99999")).toBe(true);
    for (const [run, ms] of [...clock.timers]) if (ms === 60_000) run(); // the minute is over
    asked.clear();
    maybeMissed();
    for (let turn = 0; turn < 1_000; turn++) await undefined;
    expect(asked.size).toBe(0);
    await pubsub.stop();
    expect(clock.timers.size).toBe(0);
  });
});

describe("reads of a store that does not answer", () => {
  it("wait in a queue that ends, and go on when it answers", async () => {
    const reads = new Reads();
    const answers: (() => void)[] = [];
    const read = (): Promise<void> => reads.run(() => new Promise<void>((resolve) => answers.push(resolve)));
    const waiting = Array.from({ length: MOST_READS + MOST_WAITING_READS }, read);
    await expect(read()).rejects.toThrow("10000 reads wait for the history store already");
    expect(answers).toHaveLength(MOST_READS);
    for (let count = 0; count < waiting.length; count++) {
      while (answers.length === 0) await undefined;
      answers.shift()!();
    }
    await Promise.all(waiting);
    void read();
    expect(answers).toHaveLength(1);
  });
});

describe("messages made for clients that come back", () => {
  const entry = (offset: number, length: number): Stored => ({
    topic: "t",
    lineage: "l",
    tag: "g",
    offset,
    at: 0,
    event: "e",
    body: "x".repeat(length),
    from: "",
    producer: "",
    seq: 0,
  });
  const make = (clock: Clock) => {
    let made = 0;
    const revived = new Revived(({ topic, event, body }) => {
      made++;
      return { topic, event, body, recorded: undefined };
    }, clock);
    return { revived, made: () => made };
  };

  it("are one for all that ask at about the same time", () => {
    const clock = new Still();
    const { revived, made } = make(clock);
    const one = entry(7, 10);
    expect(revived.of(one)).toBe(revived.of(one));
    expect(revived.of(one).recorded).toEqual({ position: { epoch: "l.g", offset: 7 }, from: "" });
    expect(made()).toBe(1);
    for (const run of [...clock.timers.keys()]) run();
    revived.of(one);
    expect(made()).toBe(2);
  });

  it.each([
    ["1,000 of them", 1_001, 10],
    ["16 MiB of them", 65, 262_144],
  ])("are kept up to %s", (_, count, bytes) => {
    const { revived, made } = make(new Still());
    const entries = Array.from({ length: count }, (__, offset) => entry(offset, bytes));
    for (const one of entries.slice(0, -1)) revived.of(one);
    revived.of(entries[0]!);
    expect(made()).toBe(count - 1);
    revived.of(entries.at(-1)!);
    revived.of(entries[0]!);
    expect(made()).toBe(count + 1);
  });
});
