/**
 * Keeps listeners from doing harm: what one throws, and what the promise of an async one rejects with, is reported and
 * goes no further. Without this, Node ends the process: it raises what a subscriber of a diagnostics channel throws as an
 * uncaught exception.
 */
import type diagnosticsChannel from "node:diagnostics_channel";

type Channel = diagnosticsChannel.Channel;
type Listener = diagnosticsChannel.ChannelListener;

/** Takes what a listener of the channel `name` threw. `failures`: how often it has failed since the last report. */
export type ReportFailure = (name: string, error: unknown, failures: number) => void;

/** A listener that fails at every event is reported once in so many ms. */
const REPORT_INTERVAL_MS = 60_000;

/**
 * Guards all who subscribe to this channel from now on, also those who come by `node:diagnostics_channel` itself: it
 * calls the methods that are replaced here. A second copy of this module finds the channel guarded.
 */
export function guardSubscribers(channel: Channel, report: ReportFailure): void {
  if (Object.hasOwn(channel, "subscribe")) return;
  const guards = new WeakMap<Listener, Listener>();
  const made = new WeakSet<Listener>();
  /** The method as the channel has it now: Node changes the prototype with the first and the last subscriber. */
  const own = (method: "subscribe" | "unsubscribe"): Channel["subscribe"] & Channel["unsubscribe"] =>
    (Object.getPrototypeOf(channel) as Channel)[method] as Channel["subscribe"] & Channel["unsubscribe"];
  channel.subscribe = (listener) => {
    // Node's `subscribe` of an unused channel calls this one again, with the guard.
    let guard = made.has(listener) || typeof listener !== "function" ? listener : guards.get(listener);
    if (guard === undefined) {
      guard = guardOf(listener, report);
      guards.set(listener, guard);
      made.add(guard);
    }
    own("subscribe").call(channel, guard);
  };
  channel.unsubscribe = (listener) => own("unsubscribe").call(channel, guards.get(listener) ?? listener);
}

function guardOf(listener: Listener, report: ReportFailure): Listener {
  let failures = 0;
  let silentUntil = 0;
  const failed = (name: string, error: unknown): void => {
    failures++;
    const now = performance.now();
    if (now < silentUntil) return;
    silentUntil = now + REPORT_INTERVAL_MS;
    report(name, error, failures);
    failures = 0;
  };
  return (data, name) => {
    try {
      const result: unknown = listener(data, name);
      if (typeof result === "object" && result !== null) {
        Promise.resolve(result).then(undefined, (error: unknown) => failed(String(name), error));
      }
    } catch (error) {
      failed(String(name), error);
    }
  };
}
