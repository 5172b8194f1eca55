/** A node that uses a store under test: numbers what it publishes as a publisher does, and notes what it hears. */
import { vi } from "vitest";
import { NotStored } from "../../src/pubsub/history/store.ts";
import type {
  Appended,
  Batch,
  Body,
  HistoryRule,
  HistoryStore,
  NewEntry,
  Slice,
  Stored,
  StoreEvents,
} from "../../src/pubsub/history/store.ts";
import type { Head, Mark } from "../../src/pubsub/history/position.ts";
import { tagOf } from "../../src/pubsub/history/position.ts";
import { PATIENCE } from "../pubsub/engines.ts";

export const RULE: HistoryRule = { size: 100, ttl: 600_000, maxBytes: 8_388_608 };

export const markOf = (head: Head, offset = head.top): Mark => ({ lineage: head.lineage, tag: tagOf(head), offset });

export class UnknownOutcome extends Error {}

let nodes = 0;

/** As PubSub's own: a copy by `{ ...entry }` lacks what its class computes. */
class Sent implements NewEntry {
  readonly from = "";
  readonly seq: number;
  readonly id: string | undefined;
  readonly #body: Body;

  constructor(body: Body, seq: number, id: string | undefined) {
    this.#body = body;
    this.seq = seq;
    this.id = id;
  }

  get event(): string {
    return "new_msg";
  }

  get body(): Body {
    return this.#body;
  }
}

export class StoreNode implements StoreEvents {
  readonly store: HistoryStore;
  readonly producer = `node-${++nodes}`;
  readonly heard: Stored[] = [];
  /** What was told, in order: each `up`, `down` and `maybeMissed`. */
  readonly told: string[] = [];
  /** Where each log stood, as far as this node knows. */
  readonly known = new Map<string, Mark>();
  readonly #seqs = new Map<string, number>();
  #reading: Promise<void> = Promise.resolve();

  constructor(store: HistoryStore) {
    this.store = store;
  }

  entry(entry: Stored): void {
    this.heard.push(entry);
  }
  maybeMissed(): void {
    this.told.push("maybeMissed");
  }
  /** Reads what does not come by itself. */
  moved(topic: string, to: Mark | undefined): void {
    if (to === undefined) return this.maybeMissed();
    const read = async (): Promise<void> => {
      const last = this.heardOf(topic).at(-1)?.offset ?? 0;
      if (last >= to.offset) return;
      this.heard.push(...(await this.store.read(topic, RULE, { after: last, limit: 1_000 })).entries);
    };
    // A read that fails, because the store is stopped, is missed by who waits for its entries.
    this.#reading = this.#reading.then(read).catch(() => {});
  }
  up(): void {
    this.told.push("up");
  }
  down(reason: string): void {
    this.told.push(`down: ${reason}`);
  }

  get alarms(): number {
    return this.told.filter((what) => what === "maybeMissed").length;
  }

  /** A batch of this node, with the next numbers of its own. */
  batch(topic: string, bodies: readonly Body[], changes: Partial<Batch> = {}, ids: readonly string[] = []): Batch {
    const from = this.#seqs.get(topic) ?? 0;
    this.#seqs.set(topic, from + bodies.length);
    const entries = bodies.map((body, index) => new Sent(body, from + index + 1, ids[index]));
    const known = this.known.get(topic);
    return { topic, rule: RULE, producer: this.producer, entries, known, isRepeat: false, ...changes };
  }

  async append(batch: Batch): Promise<Appended> {
    const answer = await this.store.append(batch);
    if (answer === "unknown") throw new UnknownOutcome("the store does not know whether the batch is stored");
    this.known.set(batch.topic, markOf(answer.head));
    return answer;
  }

  /** As a publisher does: tries again until the store has answered, and says when it may be a repeat. */
  async surely(first: Batch): Promise<Appended> {
    let batch = first;
    for (;;) {
      try {
        return await this.append(batch);
      } catch (error) {
        if (error instanceof UnknownOutcome) throw error;
        if (!(error instanceof NotStored)) batch = { ...batch, isRepeat: true };
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async publish(topic: string, ...bodies: readonly Body[]): Promise<Appended> {
    return this.append(this.batch(topic, bodies));
  }

  async read(topic: string, after?: number, limit = 1_000, rule = RULE): Promise<Slice> {
    return this.store.read(topic, rule, { after, limit });
  }

  async bodies(topic: string): Promise<Body[]> {
    return (await this.read(topic)).entries.map(({ body }) => body);
  }

  async head(topic: string): Promise<Head | undefined> {
    return (await this.store.heads([topic]))[0];
  }

  heardOf(topic: string): Stored[] {
    return this.heard.filter((entry) => entry.topic === topic);
  }

  async untilTold(what: string): Promise<void> {
    const told = this.told.length;
    await vi.waitUntil(() => this.told.slice(told).some((event) => event.startsWith(what)), {
      timeout: PATIENCE,
      interval: 5,
    });
  }

  /** Resolves when this node has heard so many entries of a topic. */
  async untilHeard(topic: string, count: number): Promise<Stored[]> {
    await vi.waitUntil(() => this.heardOf(topic).length >= count, { timeout: PATIENCE, interval: 5 });
    return this.heardOf(topic);
  }
}
