/** Limits that were reached, messages that were lost, and what else went wrong. Always kept, also while nobody looks. */
import { attach } from "../../telemetry/attach.ts";
import type { Filter } from "../../telemetry/filter.ts";
import { LINES, textOf } from "../../telemetry/lines.ts";
import type { Line } from "../../telemetry/lines.ts";
import { printable } from "../../telemetry/printable.ts";
import type { TelemetryEvent, TelemetryEvents } from "../../telemetry.ts";
import type { Warning } from "../model.ts";

/** So many different ones are kept. The one that was seen longest ago makes room. */
export const MAX_WARNINGS = 100;
const MAX_WHAT = 100;
/** The words of one kind are made again after so many ms: a client may cause one with each message. */
const WORDS_AGE = 100;

interface Reader<Event extends TelemetryEvent> {
  /** The limit or the reason that it names; undefined: it is no warning. */
  readonly what: (data: TelemetryEvents[Event]) => string | undefined;
  /** How many there were. Default 1. */
  readonly count?: (data: TelemetryEvents[Event]) => number;
}

type Readers = { readonly [Event in TelemetryEvent]?: Reader<Event> };

const named = { what: () => "" } as const;

const READERS: Readers = {
  "socket.bad_frame": { what: ({ closing }) => (closing ? "closed" : "ignored") },
  "socket.slow_consumer": { what: () => "maxBufferedBytes" },
  "socket.rate_limited": { what: ({ limit }) => limit },
  "socket.paused": { what: ({ limit }) => limit },
  "socket.throttled": { what: () => "bytesPerSecond" },
  "longpoll.refused": { what: ({ reason }) => reason },
  "channel.too_many": { what: () => "maxChannels" },
  "channel.unmatched": named,
  "channel.dropped": { what: () => "maxMailboxMessages", count: ({ count }) => count },
  "channel.too_many_keys": { what: () => "maxConflatedKeys" },
  "channel.key_failed": { what: ({ event }) => event },
  "channel.slow_callback": { what: ({ pattern, callback }) => `${callback} of ${pattern}` },
  "channel.unknown_command": { what: ({ pattern, command }) => `${command} of ${pattern}` },
  "pubsub.delivery_failed": { what: () => "", count: ({ subscribers = 1 }) => subscribers },
  "pubsub.lost": { what: ({ reason }) => reason, count: ({ count }) => count },
  "pubsub.missed": { what: ({ from }) => from, count: ({ count }) => count },
  "pubsub.unreadable": { what: () => "", count: ({ count }) => count },
  "pubsub.adapter_down": { what: ({ adapter }) => adapter },
  "push.unknown": named,
  "push.store_slow": named,
  "history.publish_failed": { what: ({ reason }) => reason },
  "history.gap": { what: ({ reason }) => reason, count: ({ clients }) => clients },
  "history.generation": { what: ({ lost }) => (lost > 0 ? "lost" : undefined), count: ({ lost }) => lost },
  "history.bypassed": { what: ({ event }) => event },
  "history.trimmed_early": { what: () => "maxBytes" },
  "history.file_failed": named,
  "history.store_down": { what: ({ store }) => store },
  "history.upkeep_failed": { what: ({ task }) => task },
  "presence.fetch_failed": { what: ({ name }) => name },
  "presence.callback_failed": { what: ({ name }) => name },
  "tracker.node_refused": { what: () => "maxNodes" },
  "tracker.corrected": named,
  "tracker.bad_message": named,
  "tracker.entry_refused": named,
  "tracker.broadcast_failed": named,
  "telemetry.listener_failed": { what: ({ event }) => event, count: ({ failures }) => failures },
  "publish.refused": { what: ({ reason }) => reason },
};

interface Kept {
  readonly event: string;
  readonly what: string;
  count: number;
  readonly firstAt: number;
  lastAt: number;
  last: string;
  wordsAt: number;
}

/** Whose events these are. What names neither is of the whole process. */
export interface WarningsOf {
  readonly endpoint: object;
  readonly node: string;
  /** Hides what the logger hides. */
  readonly filter: Filter;
}

export class Warnings {
  readonly #of: WarningsOf;
  readonly #detach: readonly (() => void)[];
  /** The one that was seen last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(of: WarningsOf) {
    this.#of = of;
    this.#detach = (Object.keys(READERS) as (keyof typeof READERS)[]).map((event) => this.#listen(event));
  }

  stop(): void {
    for (const detach of this.#detach) detach();
  }

  /** The newest first. */
  list(): readonly Warning[] {
    const nodes = [this.#of.node];
    return [...this.#kept.values()].toReversed().map(({ event, what, count, firstAt, lastAt, last }) => {
      return { event, what, nodes, count, firstAt, lastAt, last };
    });
  }

  /** What an event has counted, by what it names. */
  counts(event: TelemetryEvent): readonly { readonly what: string; readonly count: number }[] {
    return [...this.#kept.values()].filter((kept) => kept.event === event);
  }

  #listen<Event extends TelemetryEvent>(event: Event): () => void {
    const { what, count } = READERS[event] as Reader<Event>;
    const lineOf = LINES[event] as ((data: TelemetryEvents[Event]) => Line) | undefined;
    return attach(event, (data) => {
      if (!this.#isOwn(data)) return;
      const named = what(data);
      if (named === undefined) return;
      const kept = this.#keep(event, printable(named, MAX_WHAT), count?.(data) ?? 1);
      if (lineOf === undefined || kept.lastAt - kept.wordsAt < WORDS_AGE) return;
      kept.wordsAt = kept.lastAt;
      kept.last = textOf(lineOf(data)[1], [], this.#of.filter);
    });
  }

  #isOwn(data: object): boolean {
    const { endpoint, nodeName } = data as { readonly endpoint?: object; readonly nodeName?: string };
    if (endpoint !== undefined) return endpoint === this.#of.endpoint;
    return nodeName === undefined || nodeName === this.#of.node;
  }

  #keep(event: string, what: string, count: number): Kept {
    const key = `${event}\n${what}`;
    const now = Date.now();
    const kept = this.#kept.get(key) ?? { event, what, count: 0, firstAt: now, lastAt: now, last: "", wordsAt: 0 };
    kept.count += count;
    kept.lastAt = now;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > MAX_WARNINGS && oldest.done === false) this.#kept.delete(oldest.value);
    return kept;
  }
}
