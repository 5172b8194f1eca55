/**
 * Isolates listeners: an exception or rejection of one is reported and goes no further. Without this it would end the
 * process, because Node raises an exception of a diagnostics-channel subscriber as an uncaught exception.
 */
import type diagnosticsChannel from "node:diagnostics_channel";

type Channel = diagnosticsChannel.Channel;
type Listener = diagnosticsChannel.ChannelListener;

/**
 * Called with what a listener of the channel `name` threw. `failures`: how often it has failed since the last report.
 */
export type ReportFailure = (name: string, error: unknown, failures: number) => void;

/** A failing listener is reported at most once in this many ms. */
const REPORT_INTERVAL_MS = 60_000;

/**
 * Guards everybody who subscribes to this channel from now on, including through `node:diagnostics_channel`, which
 * calls the methods replaced here. Does nothing when another copy of this module has guarded the channel.
 */
export function guardSubscribers(channel: Channel, report: ReportFailure): void {
  if (Object.hasOwn(channel, "subscribe")) return;
  const guards = new WeakMap<Listener, Listener>();
  const made = new WeakSet<Listener>();
  /** The channel's current method: Node swaps the prototype with the first and the last subscriber. */
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
