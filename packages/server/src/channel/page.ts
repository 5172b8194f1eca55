/** What applications read of a topic's history: `ctx.history`, `endpoint.history`. */
import { WingbeatError } from "../errors.ts";
import { checkCount, checkKeys } from "../options.ts";
import { epochOf, markOf } from "../pubsub/history/position.ts";
import type { Position, PubSub } from "../pubsub.ts";
import { OutgoingBroadcast } from "./broadcast.ts";
import { historyOf } from "./record.ts";

/** Which messages are read. */
export interface PageOptions {
  /** Those after this position. Default: the last ones. */
  readonly since?: Position | undefined;
  /** How many at the most. Default: all that are kept. */
  readonly limit?: number | undefined;
  /** The newest first. Not together with `since`. */
  readonly reverse?: boolean | undefined;
}

/** A recorded message. `Pushes`: what the topic's channel sends. */
export type HistoryEntry<Pushes = Record<string, unknown>> = {
  [Event in keyof Pushes & string]: {
    readonly offset: number;
    readonly event: Event;
    readonly payload: Pushes[Event];
    /** Milliseconds since 1970, by the store's clock. */
    readonly at: number;
  };
}[keyof Pushes & string];

/** What is kept of a topic, and where it stands. */
export interface HistoryPage<Pushes = Record<string, unknown>> {
  /** With `offset`: the position of whoever has all messages up to the newest. */
  readonly epoch: string;
  readonly offset: number;
  /** Whether everything after `since` is there. If not, there are no entries: load the state again. */
  readonly complete: boolean;
  readonly entries: readonly HistoryEntry<Pushes>[];
}

/** Rejects with `WB_OPTION`, and when the store cannot be reached. */
export async function readPage(pubsub: PubSub, topic: string, options: PageOptions = {}): Promise<HistoryPage> {
  const where = `history of "${topic}"`;
  checkKeys(where, options, ["since", "limit", "reverse"]);
  checkCount(`${where}: limit`, options.limit);
  const history = historyOf(pubsub, topic);
  const { limit = history.requireRule(topic).size, reverse = false } = options;
  const since = options.since && markOf(options.since);
  if (options.since !== undefined && reverse) {
    throw new WingbeatError("WB_OPTION", `${where}: reverse cannot be used with since.`);
  }
  // A position that is none is one of another log: there is nothing after it here.
  const foreign = options.since !== undefined && since === undefined;
  const { head, isComplete, entries } = await history.page(topic, { since, limit: foreign ? 0 : limit, reverse });
  return {
    epoch: epochOf(head),
    offset: head.top,
    complete: isComplete && !foreign,
    entries: entries.map((stored) => ({
      offset: stored.offset,
      event: stored.event,
      payload: OutgoingBroadcast.stored(stored).payload,
      at: stored.at,
    })),
  };
}
