/**
 * Async callbacks that do not settle are reported to telemetry, once each. Nothing else is done about them, because a
 * callback cannot be stopped from outside. One sweep checks all of them; it runs only while there are some.
 */

/** How often the sweep runs, in ms: the maximum delay of a report. */
const PERIOD = 1_000;

/** The owner of a watched callback. */
export interface Watched {
  /** Milliseconds after which a callback is reported. */
  readonly slowCallback: number;
  reportSlow(callback: string, event: string | undefined, duration: number): void;
}

/** A callback that has not settled yet. */
export class Pending {
  readonly since = performance.now();
  readonly owner: Watched;
  readonly callback: string;
  readonly event: string | undefined;

  constructor(owner: Watched, callback: string, event: string | undefined) {
    this.owner = owner;
    this.callback = callback;
    this.event = event;
  }
}

const pending = new Set<Pending>();
let sweep: NodeJS.Timeout | undefined;

/** A callback has returned a promise. Pass the result to {@link unwatch} once it has settled. */
export function watch(owner: Watched, callback: string, event: string | undefined): Pending {
  const entry = new Pending(owner, callback, event);
  if (owner.slowCallback === Infinity) return entry; // kept, its channel would be kept for ever
  pending.add(entry);
  sweep ??= setInterval(look, PERIOD).unref();
  return entry;
}

export function unwatch(entry: Pending): void {
  pending.delete(entry);
}

function look(): void {
  const now = performance.now();
  for (const entry of pending) {
    const { owner, callback, event, since } = entry;
    if (now - since < owner.slowCallback) continue;
    pending.delete(entry);
    owner.reportSlow(callback, event, now - since);
  }
  if (pending.size > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}
