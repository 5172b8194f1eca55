/** The history of a worker of node:cluster: the primary keeps the logs, so that they outlive workers. */
import type { Head } from "../../history/position.ts";
import type {
  Appended,
  Batch,
  HistoryRule,
  HistoryStore,
  Range,
  Slice,
  Stored,
  StoreEvents,
  StoreStatus,
} from "../../history/store.ts";
import { Line } from "./line.ts";
import { ClusterPushes } from "./pushes.ts";

export class ClusterHistory implements HistoryStore {
  readonly fansOut = true;
  readonly pushes: ClusterPushes;
  readonly #line: Line;
  #events: StoreEvents | undefined = undefined;
  #wasUp = false;
  #since = Date.now();

  constructor(namespace: string, maxBytes: number) {
    this.#line = new Line(namespace, maxBytes, {
      entries: (entries) => this.#arrived(entries),
      cleared: (topic) => this.#events?.moved(topic, undefined),
      missed: () => this.#events?.maybeMissed(),
      up: () => this.#up(),
      down: (reason) => {
        this.#since = Date.now();
        this.#events?.down(reason);
      },
    });
    this.pushes = new ClusterPushes(this.#line);
  }

  async start(events: StoreEvents): Promise<void> {
    this.#events = events;
    await this.#line.open();
  }

  append(batch: Batch): Promise<Appended | "unknown"> {
    // Its first try may have been stored.
    if (batch.isRepeat && !this.#line.isUp) return Promise.reject(new Error(this.#line.reason));
    const { topic, rule, producer, known, isRepeat } = batch;
    const entries = batch.entries.map(({ event, body, from, seq, id }) => ({ event, body, from, seq, id }));
    return this.#line.call({
      ask: "append",
      batch: { topic, rule: plain(rule), producer, known, isRepeat, entries },
    });
  }

  async read(topic: string, rule: HistoryRule, range: Range): Promise<Slice> {
    const slice = await this.#line.call({ ask: "read", topic, rule: plain(rule), range });
    return { ...slice, entries: slice.entries.map(owned) };
  }

  heads(topics: readonly string[]): Promise<readonly (Head | undefined)[]> {
    return this.#line.call({ ask: "heads", topics });
  }

  async clear(topic: string): Promise<void> {
    await this.#line.call({ ask: "clear", topic });
  }

  status(): StoreStatus {
    const state = { store: "cluster", since: this.#since };
    return this.#line.isUp ? { ...state, state: "up" } : { ...state, state: "down", reason: this.#line.reason };
  }

  async stop(): Promise<void> {
    this.#events = undefined;
    this.#since = Date.now();
    await this.#line.close();
  }

  #arrived(entries: readonly Stored[]): void {
    for (const entry of entries) this.#events?.entry(owned(entry));
  }

  #up(): void {
    this.#since = Date.now();
    this.#events?.up();
    // The primary may have had too much for this worker, while it did not answer.
    if (this.#wasUp) this.#events?.maybeMissed();
    this.#wasUp = true;
  }
}

/** What can be sent of a rule: that of a topic has functions, too. */
const plain = ({ size, ttl, maxBytes }: HistoryRule): HistoryRule => ({ size, ttl, maxBytes });

/** Bytes that arrive are a part of the whole message, which they would keep in memory. */
const owned = (entry: Stored): Stored =>
  typeof entry.body === "string" ? entry : { ...entry, body: new Uint8Array(entry.body) };
