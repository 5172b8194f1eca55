/** What the inspector's page, its snapshots and `wingbeat top` ask: the state of all nodes of an endpoint. */
import type { Answer, InspectorAction, QueryOf, TapBatch, TapTarget, ViewName } from "./model.ts";

/** Why a tap has ended by itself: its time is over, what it watched is gone, or the endpoint is closing. */
export type TapEnd = "time is over" | "gone" | "closing";

export interface Inspection {
  /**
   * Somebody looks: all nodes count from now on, until half a minute after the last one has stopped looking. Returns the
   * function that stops it.
   */
  watch(): () => void;
  /** Asks all nodes. Never rejects: nodes that do not answer in time are `silent`. */
  ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>>;
  /**
   * Watches messages on all nodes. `reveal`: with payloads, filtered as the logger filters them; otherwise their shapes.
   * Returns the function that ends it.
   */
  tap(
    target: TapTarget,
    reveal: boolean,
    receive: (batch: TapBatch) => void,
    ended: (reason: TapEnd) => void,
  ): () => void;
  /** Resolves with whether there was something to act on. */
  act(action: InspectorAction): Promise<boolean>;
  /** Ends everything. */
  stop(): void;
}
