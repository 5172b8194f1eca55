/** An inspection that answers what a test says, and remembers what it was asked. */
import type { Answer, Inspection, QueryOf, TapBatch, TapEnd, TapTarget, ViewName } from "wingbeat/inspector";
import type { InspectorAction } from "wingbeat/inspector";

export interface FakeTap {
  readonly target: TapTarget;
  readonly reveal: boolean;
  readonly receive: (batch: TapBatch) => void;
  readonly end: (reason: TapEnd) => void;
  isOver: boolean;
}

export class FakeInspection implements Inspection {
  watchers = 0;
  isStopped = false;
  readonly asked: { readonly view: ViewName; readonly query: unknown }[] = [];
  readonly taps: FakeTap[] = [];
  readonly actions: InspectorAction[] = [];
  /** Whether there is something to act on. */
  found = true;
  /** Questions wait for it. */
  delay: Promise<void> = Promise.resolve();

  watch(): () => void {
    this.watchers++;
    return () => void this.watchers--;
  }

  async ask<View extends ViewName>(view: View, query: QueryOf<View>): Promise<Answer<View>> {
    this.asked.push({ view, query });
    await this.delay;
    return { view, at: 1, nodes: ["here"], silent: [], data: { asked: query } as never };
  }

  tap(
    target: TapTarget,
    reveal: boolean,
    receive: (batch: TapBatch) => void,
    ended: (reason: TapEnd) => void,
  ): () => void {
    const tap: FakeTap = { target, reveal, receive, end: ended, isOver: false };
    this.taps.push(tap);
    return () => {
      tap.isOver = true;
    };
  }

  act(action: InspectorAction): Promise<boolean> {
    this.actions.push(action);
    return Promise.resolve(this.found);
  }

  stop(): void {
    this.isStopped = true;
  }
}
