/** What is kept of a topic, as its channel declares it. */
import type { HistoryRule } from "./store.ts";

export interface TopicRule extends HistoryRule {
  /** Bytes of the largest entry. A larger broadcast is an error. */
  readonly maxEntryBytes: number;
  /** Whoever has missed more than this is told so, instead of being sent it. */
  readonly replayLimit: number;
  /** Whether broadcasts of an event are recorded. */
  records(event: string): boolean;
}
