/** The smallest store there is, for several nodes in one process: what the suite is tried on. */
import { randomBytes } from "node:crypto";
import type { Head } from "../../src/pubsub/history/position.ts";
import { holdsUpTo, tagOf } from "../../src/pubsub/history/position.ts";
import { NotStored } from "../../src/pubsub/history/store.ts";
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
} from "../../src/pubsub/history/store.ts";

interface Log {
  head: Head;
  entries: Stored[];
  readonly ids: Map<string, { readonly offset: number; readonly until: number }>;
}

/** What its stores share. */
export class ReferenceEngine {
  readonly logs = new Map<string, Log>();
  readonly listeners = new Set<StoreEvents>();

  log(topic: string): Log {
    const found = this.logs.get(topic);
    if (found !== undefined) return found;
    const lineage = randomBytes(6).toString("base64url");
    const log = { head: { lineage, chain: [{ tag: "0", boundary: 0 }], top: 0 }, entries: [], ids: new Map() };
    this.logs.set(topic, log);
    return log;
  }
}

function trim(log: Log, { size, ttl, maxBytes }: HistoryRule): void {
  const since = Date.now() - ttl;
  const bytesOf = (): number => log.entries.reduce((sum, { body }) => sum + body.length, 0);
  while (log.entries.length > size || bytesOf() > maxBytes || (log.entries[0]?.at ?? Infinity) < since) {
    log.entries.shift();
  }
}

const oldestOf = (log: Log): number => log.head.top - log.entries.length + 1;

export class ReferenceStore implements HistoryStore {
  readonly fansOut = true;
  readonly #engine: ReferenceEngine;
  #events: StoreEvents | undefined = undefined;

  constructor(engine: ReferenceEngine) {
    this.#engine = engine;
  }

  start(events: StoreEvents): void {
    this.#events = events;
    this.#engine.listeners.add(events);
    events.up();
  }

  append(batch: Batch): Appended | "unknown" {
    if (this.#events === undefined) throw new NotStored("stopped");
    const log = this.#engine.log(batch.topic);
    const at = Date.now();
    const offsets = this.#find(log, batch);
    if (offsets !== undefined) return offsets === "unknown" ? offsets : { head: log.head, at, offsets };
    return this.#store(log, batch, at);
  }

  /** The offsets of a batch that is stored already. */
  #find(log: Log, { producer, entries, known, isRepeat }: Batch): number[] | "unknown" | undefined {
    const limit = known === undefined ? undefined : holdsUpTo(log.head, known.lineage, known.tag);
    const isProved = limit !== undefined && known!.offset <= limit && oldestOf(log) <= known!.offset + 1;
    const since = isProved ? known!.offset : 0;
    let found: number | undefined = undefined;
    const offsets = entries.map(({ seq, id }, index) => {
      const stored = log.entries.find(
        (entry) => entry.offset > since && entry.producer === producer && entry.seq === seq,
      );
      if (stored !== undefined) found ??= stored.offset - index;
      return stored?.offset ?? (id === undefined ? undefined : log.ids.get(id)?.offset);
    });
    const first = found;
    if (first !== undefined) return offsets.map((offset, index) => offset ?? first + index);
    return !isRepeat || isProved ? undefined : "unknown";
  }

  #store(log: Log, { topic, rule, producer, entries }: Batch, at: number): Appended {
    const stored: Stored[] = [];
    const offsets = entries.map(({ event, body, from, seq, id }) => {
      const known = id === undefined ? undefined : log.ids.get(id);
      if (known !== undefined && known.until > at) return known.offset;
      const offset = log.head.top + 1;
      log.head = { ...log.head, top: offset };
      if (id !== undefined) log.ids.set(id, { offset, until: at + Math.min(rule.ttl, 600_000) });
      const { lineage } = log.head;
      stored.push({ topic, lineage, tag: tagOf(log.head), offset, at, event, body, from, producer, seq });
      return offset;
    });
    log.entries.push(...stored);
    trim(log, rule);
    for (const entry of stored) for (const listener of this.#engine.listeners) listener.entry(entry);
    return { head: log.head, at, offsets };
  }

  read(topic: string, rule: HistoryRule, { after, limit, reverse }: Range): Slice {
    if (this.#events === undefined) throw new Error("stopped");
    const log = this.#engine.log(topic);
    trim(log, rule);
    const { entries } = log;
    const wanted =
      after === undefined
        ? entries.slice(Math.max(0, entries.length - limit))
        : entries.filter(({ offset }) => offset > after).slice(0, limit);
    return { head: log.head, oldest: oldestOf(log), entries: reverse === true ? wanted.toReversed() : wanted };
  }

  heads(topics: readonly string[]): (Head | undefined)[] {
    if (this.#events === undefined) throw new Error("stopped");
    return topics.map((topic) => this.#engine.logs.get(topic)?.head);
  }

  clear(topic: string): void {
    this.#engine.logs.delete(topic);
    for (const listener of this.#engine.listeners) listener.maybeMissed();
  }

  status(): StoreStatus {
    return { store: "reference", state: this.#events === undefined ? "down" : "up", since: 0 };
  }

  stop(): void {
    if (this.#events !== undefined) this.#engine.listeners.delete(this.#events);
    this.#events = undefined;
  }
}
