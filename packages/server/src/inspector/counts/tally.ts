/**
 * What is counted while somebody looks: rates, events, closes, and what the history does. Its listeners exist only then.
 */
import { attach } from "../../telemetry/attach.ts";
import { printable } from "../../telemetry/printable.ts";
import type { TelemetryEvent, TelemetryEvents } from "../../telemetry.ts";
import type { Rates } from "../model.ts";
import { Beat, Count, Counter } from "./beat.ts";
import type { Cost } from "./cost.ts";
import { Histogram, merged } from "./histogram.ts";
import type { Sparse } from "./histogram.ts";
import { HotTopics } from "./hot-topics.ts";

/** Rows of events, of closes, and outcomes of an event: what is beyond is counted as `(others)`. */
const MAX_EVENTS = 500;
const MAX_CLOSES = 200;
const MAX_OUTCOMES = 20;
const OTHERS = "(others)";
const MAX_TEXT = 200;

const SECOND = 1_000;
/** In seconds: the window of latencies and hot topics, and how long counts are kept as they are. */
const WINDOW = 10;
const HALF_HOUR = 1_800;

type Counted = "connects" | "refusals" | "closes" | "joins" | "messagesIn" | "broadcasts" | "deliveries" | "crashes";
export type HistoryCount = "published" | "failed" | "recovered" | "notRecovered" | "gaps" | "repaired";

/** A row of events, as nodes send it to each other. */
export interface EventTally {
  readonly pattern: string;
  readonly event: string;
  readonly count: number;
  readonly rate: number;
  readonly latency: Sparse;
  readonly outcomes: Readonly<Record<string, number>>;
}

class EventRow {
  readonly pattern: string;
  readonly event: string;
  readonly counter = new Counter();
  readonly count = new Count();
  current = new Histogram();
  previous: Histogram | undefined = undefined;
  readonly outcomes = new Map<string, Count>();

  constructor(pattern: string, event: string) {
    this.pattern = pattern;
    this.event = event;
  }

  add(outcome: string, duration: number): void {
    this.counter.add();
    this.count.add();
    this.current.add(duration);
    countIn(this.outcomes, outcome, MAX_OUTCOMES, () => new Count()).add();
  }

  age(): void {
    this.count.age();
    this.previous = this.current;
    this.current = new Histogram();
    for (const outcome of this.outcomes.values()) outcome.age();
  }

  look(beat: Beat, now: number): EventTally {
    const { pattern, event, counter, count } = this;
    const latency = merged([this.current.sparse, this.previous?.sparse ?? []]).sparse;
    const outcomes = Object.fromEntries([...this.outcomes].map(([outcome, { value }]) => [outcome, value]));
    return { pattern, event, count: count.value, rate: counter.rate(beat, now), latency, outcomes };
  }
}

interface CloseRow {
  readonly code: number;
  readonly reason: string;
  readonly count: Count;
  lastAt: number;
}

/** The row of a key; when there are too many, that of all others. */
function countIn<Row>(rows: Map<string, Row>, key: string, limit: number, make: (key: string) => Row): Row {
  const name = rows.has(key) || rows.size < limit - 1 ? key : OTHERS;
  let row = rows.get(name);
  if (row === undefined) rows.set(name, (row = make(name)));
  return row;
}

/** Whose events are counted. */
export interface Counting {
  readonly endpoint: object;
  readonly pubsub: object;
}

export class Tally {
  readonly #detach: (() => void)[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #beat = new Beat(performance.now());
  readonly #counters: Readonly<Record<Counted, Counter>> = {
    connects: new Counter(),
    refusals: new Counter(),
    closes: new Counter(),
    joins: new Counter(),
    messagesIn: new Counter(),
    broadcasts: new Counter(),
    deliveries: new Counter(),
    crashes: new Counter(),
  };
  /** How long messages took: the window under way, and the last. */
  #latency = new Histogram();
  #lastLatency = new Histogram();
  readonly #events = new Map<string, EventRow>();
  /** The same by pattern and handler: a message must not cost a new string. */
  readonly #rows = new Map<string, Map<string, EventRow>>();
  readonly #closes = new Map<string, CloseRow>();
  readonly #history: Readonly<Record<HistoryCount, Count>> = {
    published: new Count(),
    failed: new Count(),
    recovered: new Count(),
    notRecovered: new Count(),
    gaps: new Count(),
    repaired: new Count(),
  };
  readonly hotTopics = new HotTopics(performance.now());
  #seconds = 0;

  constructor(of: Counting, cost: Cost, turned: () => void) {
    const on = <Event extends TelemetryEvent>(event: Event, listen: (data: TelemetryEvents[Event]) => void): void => {
      const sampled = cost.sampled(listen);
      this.#detach.push(attach(event, (data) => sampled(data)));
    };
    const own = ({ endpoint }: { readonly endpoint: object }): boolean => endpoint === of.endpoint;
    const { connects, refusals, closes, joins, crashes } = this.#counters;
    on("socket.connected", (data) => own(data) && connects.add());
    on("socket.refused", (data) => own(data) && refusals.add());
    on("socket.closed", (data) => {
      if (!own(data)) return;
      closes.add();
      this.#closed(data.code, data.reason);
    });
    on("channel.joined", (data) => own(data) && joins.add());
    on("channel.crashed", (data) => own(data) && crashes.add());
    on("channel.handled_in", (data) => own(data) && this.#handled(data));
    on("pubsub.delivered", (data) => data.pubsub === of.pubsub && this.#delivered(data));
    this.#countHistory(on, own);
    this.#timer = setInterval(() => cost.run(() => this.#tick(turned)), SECOND).unref();
  }

  /** Events of the history do not name the endpoint: a process that has several counts them together. */
  #countHistory(
    on: <Event extends TelemetryEvent>(event: Event, listen: (data: TelemetryEvents[Event]) => void) => void,
    own: (data: { readonly endpoint: object }) => boolean,
  ): void {
    const { published, failed, recovered, notRecovered, gaps, repaired } = this.#history;
    on("history.published", ({ batch }) => published.add(batch));
    on("history.publish_failed", () => failed.add());
    on("history.joined", (data) => {
      if (own(data) && data.recovered !== undefined) (data.recovered ? recovered : notRecovered).add();
    });
    on("history.gap", ({ clients }) => gaps.add(clients));
    on("history.repaired", ({ count }) => repaired.add(count));
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const detach of this.#detach) detach();
  }

  rates(): Rates {
    const now = performance.now();
    const rate = (name: Counted): number => this.#counters[name].rate(this.#beat, now);
    const latency = merged([this.latency]);
    return {
      connects: rate("connects"),
      refusals: rate("refusals"),
      closes: rate("closes"),
      joins: rate("joins"),
      messagesIn: rate("messagesIn"),
      broadcasts: rate("broadcasts"),
      deliveries: rate("deliveries"),
      crashes: rate("crashes"),
      p50: latency.quantile(0.5),
      p99: latency.quantile(0.99),
    };
  }

  /** How long messages took, in the last ten to twenty seconds. */
  get latency(): Sparse {
    return merged([this.#latency.sparse, this.#lastLatency.sparse]).sparse;
  }

  events(): readonly EventTally[] {
    const now = performance.now();
    return [...this.#events.values()].map((row) => row.look(this.#beat, now));
  }

  closes(): readonly { code: number; reason: string; count: number; lastAt: number }[] {
    return [...this.#closes.values()].map(({ code, reason, count, lastAt }) => ({
      code,
      reason,
      count: count.value,
      lastAt,
    }));
  }

  history(): Readonly<Record<HistoryCount, number>> {
    const entries = Object.entries(this.#history).map(([name, { value }]) => [name, value]);
    return Object.fromEntries(entries) as Record<HistoryCount, number>;
  }

  #handled({ pattern, handler = "(no handler)", outcome, duration }: TelemetryEvents["channel.handled_in"]): void {
    this.#counters.messagesIn.add();
    this.#latency.add(duration);
    const row = this.#rows.get(pattern)?.get(handler) ?? this.#rowOf(pattern, handler);
    row.add(outcome, duration);
  }

  #rowOf(pattern: string, handler: string): EventRow {
    const row = countIn(this.#events, `${pattern}\n${handler}`, MAX_EVENTS, (name) =>
      name === OTHERS ? new EventRow(OTHERS, OTHERS) : new EventRow(pattern, handler),
    );
    const ofPattern = this.#rows.get(pattern);
    if (row.pattern === OTHERS) return row;
    if (ofPattern === undefined) this.#rows.set(pattern, new Map([[handler, row]]));
    else ofPattern.set(handler, row);
    return row;
  }

  #delivered({ topic, subscribers }: TelemetryEvents["pubsub.delivered"]): void {
    if (subscribers === 0 || isInternal(topic)) return;
    this.#counters.broadcasts.add();
    this.#counters.deliveries.add(subscribers);
    this.hotTopics.add(topic);
  }

  #closed(code: number, reason: string): void {
    const text = printable(reason, MAX_TEXT);
    const make = (name: string): CloseRow =>
      name === OTHERS
        ? { code: 0, reason: OTHERS, count: new Count(), lastAt: 0 }
        : { code, reason: text, count: new Count(), lastAt: 0 };
    const row = countIn(this.#closes, `${code} ${text}`, MAX_CLOSES, make);
    row.count.add();
    row.lastAt = Date.now();
  }

  #tick(turned: () => void): void {
    const now = performance.now();
    this.#seconds++;
    this.#beat.tick(now);
    for (const counter of Object.values(this.#counters)) counter.mark(this.#beat);
    for (const { counter } of this.#events.values()) counter.mark(this.#beat);
    if (this.#seconds % WINDOW === 0) {
      this.#lastLatency = this.#latency;
      this.#latency = new Histogram();
      this.hotTopics.turn(now);
      turned();
    }
    if (this.#seconds % HALF_HOUR === 0) this.#age();
  }

  #age(): void {
    for (const [key, row] of this.#events) {
      row.age();
      if (row.count.value > 0) continue;
      this.#events.delete(key);
      this.#rows.get(row.pattern)?.delete(row.event);
    }
    for (const [key, { count }] of this.#closes) {
      count.age();
      if (count.value === 0) this.#closes.delete(key);
    }
    for (const count of Object.values(this.#history)) count.age();
  }
}

/** Topics on which nodes talk to each other. */
export const isInternal = (topic: string): boolean =>
  topic.startsWith("phx_presence:") || topic.startsWith("wingbeat:");

/** The rates of a node on which nobody looks yet. */
export const NO_RATES: Rates = {
  connects: 0,
  refusals: 0,
  closes: 0,
  joins: 0,
  messagesIn: 0,
  broadcasts: 0,
  deliveries: 0,
  crashes: 0,
  p50: null,
  p99: null,
};
